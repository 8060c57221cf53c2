import AudioCore
import Storage

/// A sample as a list shows it: what is kept in columns, as its owner corrected it, without the features' arrays.
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
    /// Integrated, LUFS; nil where there is none.
    public let loudness: Double?
    /// In order of their letters.
    public let tags: [SampleTag]
}

extension SampleSummary {
    /// Of `samples s` and `sample_facets f`.
    static let columns: SQL = """
        s.id, s.owner, s.filename, s.object_key, s.content_type, s.size, s.etag, s.created_at, s.hidden_at, s.corrections,
        s.sample_rate, s.channels, f.bpm, f.key_place, f.duration, f.kind, f.role, f.loudness
        """

    /// - Parameter row: with ``columns``.
    init(_ row: Row, tags: [SampleTag]) throws {
        sample = try Sample(row)
        sampleRate = try row.get("sample_rate")
        channels = try row.get("channels")
        duration = try row.get("duration")
        let tempo: Double = try row.get("bpm")
        bpm = tempo > 0 ? tempo : nil
        let place: Int = try row.get("key_place")
        key = Key.byWheelPlace[place]
        guard let kind = SoundKind(rawValue: try row.get("kind")) else {
            throw DatabaseError.unexpected("a kind of sound")
        }
        self.kind = kind
        role = Role(rawValue: try row.get("role"))
        let level: Double = try row.get("loudness")
        loudness = level > SampleFacets.silent ? level : nil
        self.tags = tags
    }
}
