import AudioCore
import Storage

/// A sample as a list shows it: what is kept in columns, without the features' arrays.
public struct SampleSummary: Equatable, Sendable {
    public let sample: Sample
    /// Seconds.
    public let duration: Double
    public let sampleRate: Int
    public let channels: Int
    /// Beats per minute.
    public let bpm: Double?
    public let key: Key?
    public let kind: SoundKind
    public let role: Role?
    /// In order of their letters.
    public let tags: [SampleTag]
    /// When it was hidden; nil for what is shown.
    public let hiddenAt: Timestamp?
}

extension SampleSummary {
    init(_ row: Row, tags: [SampleTag]) throws {
        sample = try Sample(row)
        duration = try row.get("duration")
        sampleRate = try row.get("sample_rate")
        channels = try row.get("channels")
        let tempo: Double = try row.get("bpm")
        bpm = tempo > 0 ? tempo : nil
        let place: Int = try row.get("key_place")
        key = Key.allCases.first { $0.wheelPlace == place }
        guard let kind = SoundKind(rawValue: try row.get("kind")) else {
            throw DatabaseError.unexpected("a kind of sound")
        }
        self.kind = kind
        role = Role(rawValue: try row.get("role"))
        self.tags = tags
        hiddenAt = try row.get(optional: "hidden_at")
    }
}
