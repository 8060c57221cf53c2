/// What is remembered of a sound to compare it with others.
public struct SoundSummary: Equatable, Sendable {
    /// Seconds.
    public var duration: Double
    /// One-shot, loop or song.
    public var kind: SoundKind
    /// Beats per minute, if it has a tempo.
    public var bpm: Double?
    /// If it has one.
    public var key: Key?
    /// MIDI note number, if it has a single pitch.
    public var note: Int?
    /// How it sounds; `nil` for silence.
    public var vector: SimilarityVector?

    public init(
        duration: Double, kind: SoundKind, bpm: Double? = nil, key: Key? = nil, note: Int? = nil,
        vector: SimilarityVector? = nil
    ) {
        (self.duration, self.kind, self.bpm) = (duration, kind, bpm)
        (self.key, self.note, self.vector) = (key, note, vector)
    }

    /// - Parameter features: analysed with ``AnalysisOptions/similarity``.
    public init(_ features: AudioFeatures) {
        self.init(
            duration: features.duration, kind: features.kind, bpm: features.bpm, key: features.key,
            note: features.tonality.pitch?.note, vector: features.similarity)
    }
}
