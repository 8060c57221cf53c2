/// What a file is good for.
public enum SoundKind: String, Codable, Sendable, CaseIterable {
    /// A single hit or note, or anything short without a tempo.
    case oneShot = "one-shot"
    /// Has a tempo and lasts 1 to 30 s.
    case loop
    /// Lasts longer than 30 s.
    case song

    /// A song lasts longer than 30 s; of the rest, what has a tempo and lasts at least 1 s is a loop.
    ///
    /// - Parameters:
    ///   - duration: seconds.
    ///   - hasTempo: whether a tempo was found.
    public init(duration: Double, hasTempo: Bool) {
        self = duration > 30 ? .song : hasTempo && duration >= 1 ? .loop : .oneShot
    }
}
