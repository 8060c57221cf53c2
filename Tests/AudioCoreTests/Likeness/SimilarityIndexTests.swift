import Testing

@testable import AudioCore

@Suite struct SimilarityIndexTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `the nearest are those of a plain loop over all`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let vectors = (0..<700).map { _ in Self.vector(using: &random) }
        var index = SimilarityIndex<Int>()
        for (name, vector) in vectors.enumerated() { index.insert(vector, for: name) }
        let query = Self.vector(using: &random)
        let plain = vectors.indices.map { (distance: query.distance(to: vectors[$0]), name: $0) }.sorted { $0 < $1 }
        let nearest = index.nearest(to: query, count: 10)
        #expect(nearest.map(\.name) == plain.prefix(10).map(\.name))
        #expect(nearest.map(\.distance) == plain.prefix(10).map(\.distance))
        let radius = plain[40].distance
        #expect(index.within(radius, of: query).map(\.name) == plain.prefix(41).map(\.name))
        #expect(
            index.nearest(to: query, count: 3) { $0 % 2 == 1 }.map(\.name)
                == Array(plain.map(\.name).filter { $0 % 2 == 1 }.prefix(3)))
    }

    @Test(arguments: SimilarityVectorShape.allCases, 1...2 as ClosedRange<UInt64>)
    func `whatever the vectors are, results are bit for bit those of a plain loop`(
        shape: SimilarityVectorShape, seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let vectors = (0..<700).map { _ in shape.vector(using: &random) }
        var index = SimilarityIndex<Int>()
        for (name, vector) in vectors.enumerated() { index.insert(vector, for: name) }
        for query in [shape.vector(using: &random), vectors[7], Self.vector(using: &random)] {
            let plain = vectors.indices.map { (distance: query.distance(to: vectors[$0]), name: $0) }.sorted { $0 < $1 }
            for count in [1, 10, 100] {
                let nearest = index.nearest(to: query, count: count)
                #expect(nearest.map(\.name) == plain.prefix(count).map(\.name))
                #expect(nearest.map(\.distance) == plain.prefix(count).map(\.distance))
            }
            // Those that lie exactly on the rim belong to it.
            for rim in [plain[0], plain[20], plain[699]] {
                let within = index.within(rim.distance, of: query)
                #expect(within.map(\.name) == plain.filter { $0.distance <= rim.distance }.map(\.name))
            }
        }
    }

    @Test(arguments: SimilarityVectorShape.allCases, 1...2 as ClosedRange<UInt64>)
    func `no bound is above the distance, nor far below it`(shape: SimilarityVectorShape, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let vectors = (0..<61).map { _ in shape.vector(using: &random) }
        var codes = VectorCodes()
        for vector in vectors { codes.append(vector.values) }
        let query = shape.vector(using: &random)
        var bounds = [Float](repeating: .nan, count: 64)
        codes.lowerBounds(of: .init(query.values), rows: 0..<61, into: &bounds)
        for (vector, bound) in zip(vectors, bounds) {
            let distance = query.distance(to: vector)
            #expect(bound <= distance && bound > distance - 0.35)
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `taking out and putting in again leaves what a new index has`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var (index, kept) = (SimilarityIndex<Int>(), [Int: SimilarityVector]())
        for _ in 0..<400 {
            let name = Int.random(in: 0..<60, using: &random)
            if Bool.random(using: &random) {
                kept[name] = Self.vector(using: &random)
                index.insert(kept[name] ?? Self.vector(using: &random), for: name)
            } else {
                #expect(index.remove(name) == (kept.removeValue(forKey: name) != nil))
            }
        }
        let query = Self.vector(using: &random)
        var fresh = SimilarityIndex<Int>()
        for (name, vector) in kept { fresh.insert(vector, for: name) }
        #expect(index.count == kept.count)
        #expect(index.nearest(to: query, count: 100) == fresh.nearest(to: query, count: 100))
    }

    @Test func `every near pair is found, once`() {
        var random = SplitMix64(seed: 5)
        let vectors = (0..<1100).map { _ in Self.vector(using: &random) }
        var index = SimilarityIndex<Int>()
        for (name, vector) in vectors.enumerated() { index.insert(vector, for: name) }
        let radius: Float = 3.2
        var found: [DuplicateSearch.Pair] = []
        index.forEachPair(within: radius) { a, b, _ in found.append(.init(a, b)) }
        var expected: Set<DuplicateSearch.Pair> = []
        for a in 0..<100 {
            for b in (a + 1)..<1100 where vectors[a].distance(to: vectors[b]) <= radius { expected.insert(.init(a, b)) }
        }
        #expect(Set(found).count == found.count && !expected.isEmpty)
        #expect(Set(found.filter { $0.first < 100 }) == expected)
    }

    @Test func `an empty index and none wanted give nothing; equals come by name`() {
        var random = SplitMix64(seed: 9)
        let vector = Self.vector(using: &random)
        var index = SimilarityIndex<String>()
        #expect(index.nearest(to: vector, count: 5).isEmpty && index.within(9, of: vector).isEmpty)
        for name in ["c", "a", "b"] { index.insert(vector, for: name) }
        #expect(index.nearest(to: vector, count: 0).isEmpty)
        #expect(index.nearest(to: vector, count: 2).map(\.name) == ["a", "b"])
        #expect(index.nearest(to: vector, count: 9).map(\.distance) == [0, 0, 0])
    }

    private static func vector(using random: inout SplitMix64) -> SimilarityVector {
        let values = (0..<SimilarityVector.length).map { _ in Float.random(in: -0.5...0.5, using: &random) }
        guard let vector = SimilarityVector(values) else { preconditionFailure("values within bounds") }
        return vector
    }
}

/// Vectors that a bound could be wrong on.
enum SimilarityVectorShape: CaseIterable {
    /// Two vectors only, each many times.
    case equal
    /// All values as large as they may be.
    case huge
    /// Values next to nothing, down to those that are no longer normal numbers.
    case tiny
    /// A few far from a crowd that lies closer than a step of the codes.
    case outliers
    /// Values half-way between two steps, where rounding loses most.
    case betweenSteps

    func vector(using random: inout SplitMix64) -> SimilarityVector {
        let isOutlier = Int.random(in: 0..<50, using: &random) == 0
        let sign: Float = Bool.random(using: &random) ? 1 : -1
        let values = (0..<SimilarityVector.length).map { _ -> Float in
            switch self {
            case .equal: sign * 0.3
            case .huge: Bool.random(using: &random) ? SimilarityVector.largest : -SimilarityVector.largest
            case .tiny: sign * Float(sign: .plus, exponent: .random(in: -148...(-8), using: &random), significand: 1)
            case .outliers: isOutlier ? .random(in: -2...2, using: &random) : .random(in: 0.2...0.204, using: &random)
            case .betweenSteps: (Float(Int.random(in: -127...126, using: &random)) + 0.5) / 64
            }
        }
        guard let vector = SimilarityVector(values) else { preconditionFailure("values within bounds") }
        return vector
    }
}
