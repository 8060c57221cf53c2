/// What a file is good for.
public enum SoundKind: String, Codable, Sendable, CaseIterable {
    case oneShot = "one-shot"
    case loop, song

    /// A song lasts longer than 30 s; of the rest, what has a tempo and lasts at least 1 s is a loop.
    ///
    /// - Parameter duration: seconds.
    public init(duration: Double, hasTempo: Bool) {
        self = duration > 30 ? .song : hasTempo && duration >= 1 ? .loop : .oneShot
    }
}
