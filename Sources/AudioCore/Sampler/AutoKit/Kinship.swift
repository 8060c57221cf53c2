/// How usual a sound is among those of its role: how near it is to all of them.
///
/// A sound that is taken for a kick and is none stands alone among the kicks.
struct Kinship {
    private let kin: [SimilarityVector]

    /// So many stand for all, evenly spread: the mean hardly changes with more.
    private static let most = 48
    /// Of fewer nobody can say what is usual.
    private static let fewest = 8

    /// - Parameter sounds: of one role.
    /// - Returns: `nil` for too few.
    init?(of sounds: [KitCandidate]) {
        let vectors = sounds.compactMap(\.summary.vector)
        guard vectors.count >= Self.fewest else { return nil }
        let step = max(1, (vectors.count + Self.most - 1) / Self.most)
        kin = stride(from: 0, to: vectors.count, by: step).map { vectors[$0] }
    }

    /// Mean distance of a sound to its kin; `nil` where nothing is known of it.
    func distance(of sound: KitCandidate) -> Float? {
        guard let vector = sound.summary.vector else { return nil }
        return kin.reduce(0) { $0 + vector.distance(to: $1) } / Float(kin.count)
    }
}
