import AudioCore

/// An index of made-up vectors, the same in every run, and one to search for.
struct Vectors {
    private(set) var index = SimilarityIndex<Int>()
    let query: SimilarityVector

    init(count: Int) {
        var state: UInt64 = 1
        func vector() -> SimilarityVector {
            let values = (0..<SimilarityVector.length).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(state >> 40) / Float(1 << 24) - 0.5
            }
            guard let vector = SimilarityVector(values) else { preconditionFailure("values within ±0.5") }
            return vector
        }
        query = vector()
        index.reserveCapacity(count)
        for name in 0..<count { index.insert(vector(), for: name) }
    }
}
