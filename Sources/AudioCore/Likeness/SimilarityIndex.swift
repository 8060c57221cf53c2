import CKernels

/// Vectors of many sounds, and which of them are nearest to one: exactly, by looking at all.
///
/// 384 bytes a vector, and its name. A search reads them all once: 100,000 took 18 to 25 ms on one core of a busy machine, so nothing is
/// kept sorted, and putting in and taking out cost next to nothing. A value type; searches may run in parallel.
public struct SimilarityIndex<Name: Hashable & Comparable & Sendable>: Sendable {
    /// A vector that was found.
    public struct Neighbour: Equatable, Sendable {
        public let name: Name
        /// As ``SimilarityVector/distance(to:)``.
        public let distance: Float
    }

    /// The vectors one after the other, and whose they are.
    private(set) var values: [Float] = []
    public private(set) var names: [Name] = []
    private var rows: [Name: Int] = [:]

    public init() {}

    public var count: Int { names.count }

    /// Makes room for so many vectors at once.
    public mutating func reserveCapacity(_ count: Int) {
        values.reserveCapacity(count * SimilarityVector.length)
        names.reserveCapacity(count)
        rows.reserveCapacity(count)
    }

    /// Puts a vector in, in place of any of that name.
    public mutating func insert(_ vector: SimilarityVector, for name: Name) {
        precondition(vector.version == SimilarityVector.currentVersion, "vectors of an older version do not compare")
        if let row = rows[name] {
            values.replaceSubrange(Self.range(row), with: vector.values)
        } else {
            rows[name] = names.count
            names.append(name)
            values += vector.values
        }
    }

    /// Takes a vector out.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public mutating func remove(_ name: Name) -> Bool {
        guard let row = rows.removeValue(forKey: name) else { return false }
        let last = names.count - 1
        if row < last {
            names[row] = names[last]
            rows[names[row]] = row
            for index in 0..<SimilarityVector.length {
                values[Self.range(row).lowerBound + index] = values[Self.range(last).lowerBound + index]
            }
        }
        names.removeLast()
        values.removeLast(SimilarityVector.length)
        return true
    }

    private static func range(_ row: Int) -> Range<Int> {
        row * SimilarityVector.length..<(row + 1) * SimilarityVector.length
    }
}

extension SimilarityIndex {
    /// The `count` nearest, nearest first; of equally near ones the lesser name first.
    ///
    /// - Complexity: O(vectors + count · log count · a few).
    public func nearest(
        to vector: SimilarityVector, count: Int, where isWanted: (Name) -> Bool = { _ in true }
    ) -> [Neighbour] {
        var best = NearestRows<Name>(most: max(0, count))
        search(vector, least: { best.bound }, isWanted: isWanted) { best.add($0, names[$1], row: $1) }
        return best.sorted.map { Neighbour(name: names[$0.row], distance: $0.square.squareRoot()) }
    }

    /// All within a distance, nearest first.
    public func within(
        _ distance: Float, of vector: SimilarityVector, where isWanted: (Name) -> Bool = { _ in true }
    ) -> [Neighbour] {
        var found: [Neighbour] = []
        // A little more than the square: the root decides.
        let bound = distance * distance * 1.000_01
        search(vector, least: { bound }, isWanted: isWanted) { square, row in
            let neighbour = Neighbour(name: names[row], distance: square.squareRoot())
            if neighbour.distance <= distance { found.append(neighbour) }
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
    }

    /// Calls `found` with the squared distance and row of every wanted vector that is no further than `least()`.
    private func search(
        _ vector: SimilarityVector, least: () -> Float, isWanted: (Name) -> Bool, found: (Float, Int) -> Void
    ) {
        precondition(vector.version == SimilarityVector.currentVersion, "vectors of an older version do not compare")
        let block = 512
        withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { squares in
            values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress, let target = squares.baseAddress else { return }
                for start in stride(from: 0, to: count, by: block) {
                    let rows = min(block, count - start)
                    ck_squared_distances(
                        vector.values, base + start * SimilarityVector.length, SimilarityVector.length, rows, target)
                    for row in 0..<rows where target[row] <= least() && isWanted(names[start + row]) {
                        found(target[row], start + row)
                    }
                }
            }
        }
    }
}

/// The nearest rows so far: a short sorted list.
private struct NearestRows<Name: Comparable> {
    let most: Int
    private(set) var sorted: [(square: Float, name: Name, row: Int)] = []

    init(most: Int) { self.most = most }

    /// Rows further away cannot be among them.
    var bound: Float { sorted.count < most ? .infinity : sorted.last?.square ?? -1 }

    mutating func add(_ square: Float, _ name: Name, row: Int) {
        guard most > 0 else { return }
        let place = sorted.partitioningIndex { ($0.square, $0.name) > (square, name) }
        guard place < most else { return }
        sorted.insert((square, name, row), at: place)
        if sorted.count > most { sorted.removeLast() }
    }
}
