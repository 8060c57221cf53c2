/// How unlike the sounds chosen so far every other sound is.
///
/// Each distance is computed once: what was chosen since a sound was last asked for is caught up with.
struct ChosenDistances {
    private var chosen: [SimilarityVector] = []
    private var nearest: [Float?]
    private var seen: [Int]

    /// - Parameter count: of the sounds that are asked for.
    init(count: Int) {
        nearest = Array(repeating: nil, count: count)
        seen = Array(repeating: 0, count: count)
    }

    mutating func add(_ vector: SimilarityVector?) {
        if let vector { chosen.append(vector) }
    }

    /// - Parameters:
    ///   - vector: of the sound.
    ///   - index: its place.
    /// - Returns: to the most similar of those chosen; `nil` where none is.
    mutating func nearest(to vector: SimilarityVector?, _ index: Int) -> Float? {
        guard let vector else { return nil }
        while seen[index] < chosen.count {
            let distance = vector.distance(to: chosen[seen[index]])
            nearest[index] = min(nearest[index] ?? distance, distance)
            seen[index] += 1
        }
        return nearest[index]
    }
}
