/// Vectors of many sounds, and which of them are nearest to one: exactly, by looking at all.
///
/// 484 bytes a vector, and its name. A search reads a quarter of that, and the rest of the few vectors that could be among
/// the nearest; nothing is kept sorted, and putting in and taking out cost next to nothing. A value type; searches may run
/// in parallel.
public struct SimilarityIndex<Name: Hashable & Comparable & Sendable>: Sendable {
    /// A vector that was found.
    public struct Neighbour: Equatable, Sendable {
        public let name: Name
        /// As ``SimilarityVector/distance(to:)``.
        public let distance: Float
    }

    /// The vectors one after the other, and whose they are.
    private(set) var values: [Float] = []
    private(set) var codes = VectorCodes()
    public private(set) var names: [Name] = []
    private var rows: [Name: Int] = [:]

    public init() {}

    public var count: Int { names.count }

    /// Makes room for so many vectors at once.
    public mutating func reserveCapacity(_ count: Int) {
        values.reserveCapacity(count * SimilarityVector.length)
        codes.reserveCapacity(count)
        names.reserveCapacity(count)
        rows.reserveCapacity(count)
    }

    /// Puts a vector in, in place of any of that name.
    public mutating func insert(_ vector: SimilarityVector, for name: Name) {
        precondition(vector.version == SimilarityVector.currentVersion, "vectors of an older version do not compare")
        if let row = rows[name] {
            values.replaceSubrange(Self.range(row), with: vector.values)
            codes.replace(row, with: vector.values)
        } else {
            rows[name] = names.count
            names.append(name)
            values += vector.values
            codes.append(vector.values)
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
        codes.removeSwappingLast(row)
        names.removeLast()
        values.removeLast(SimilarityVector.length)
        return true
    }

    static func range(_ row: Int) -> Range<Int> {
        row * SimilarityVector.length..<(row + 1) * SimilarityVector.length
    }
}
