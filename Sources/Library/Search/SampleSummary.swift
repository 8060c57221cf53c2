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
    /// - Parameters:
    ///   - row: of `samples`, with the loudness.
    ///   - facets: of `sample_facets`, as an index of it holds them.
    init(_ row: Row, facets: Row, tags: [SampleTag]) throws {
        sample = try Sample(row)
        sampleRate = try row.get("sample_rate")
        channels = try row.get("channels")
        duration = try facets.get("duration")
        let tempo: Double = try facets.get("bpm")
        bpm = tempo > 0 ? tempo : nil
        let place: Int = try facets.get("key_place")
        key = Key.byWheelPlace[place]
        guard let kind = SoundKind(rawValue: try facets.get("kind")) else {
            throw DatabaseError.unexpected("a kind of sound")
        }
        self.kind = kind
        role = Role(rawValue: try facets.get("role"))
        let level: Double = try row.get("loudness")
        loudness = level > SampleFacets.silent ? level : nil
        self.tags = tags
    }
}
