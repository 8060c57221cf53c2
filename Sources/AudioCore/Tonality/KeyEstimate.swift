/// The key of a piece.
public struct KeyEstimate: Equatable, Sendable {
    /// The likeliest one.
    public var key: Key
    /// How likely the piece has a key and this is it, 0…1: calibrated, see <doc:KeyAndPitch>.
    public var confidence: Double
    /// The six likeliest of the 24 keys, best first.
    public var candidates: [KeyCandidate]
    /// How far the piece is off A = 440 Hz, semitones (hundredths are cents), −0.5…0.5; keys are named in
    /// its own tuning, so near ±0.5 the name is a matter of taste.
    public var tuning: Double

    public init(key: Key, confidence: Double, candidates: [KeyCandidate], tuning: Double) {
        (self.key, self.confidence, self.candidates, self.tuning) = (key, confidence, candidates, tuning)
    }
}

/// A key that a piece may be in.
public struct KeyCandidate: Equatable, Sendable {
    /// The key in question.
    public var key: Key
    /// How likely this key is, given that there is one; over all 24 it sums to 1.
    public var probability: Double
    /// How it is akin to the first candidate: most wrong keys are relatives of the right one.
    public var relation: KeyRelation?

    public init(key: Key, probability: Double, relation: KeyRelation? = nil) {
        (self.key, self.probability, self.relation) = (key, probability, relation)
    }
}

/// The note of a sound that has one pitch and therefore no key: a bass note, a tuned kick, a whistle.
public struct PitchEstimate: Equatable, Sendable {
    /// Name of `note`, whatever its octave.
    public var pitchClass: PitchClass
    /// MIDI note number, 60 for middle C.
    public var note: Int
    /// Share of the sound that is overtones of this pitch class, 0.7…1.
    public var share: Double
    /// How far the note is off A = 440 Hz, semitones (hundredths are cents), −0.5…0.5.
    public var tuning: Double
}

/// What is known about the pitches of a piece: a key, or one note, or neither.
///
/// All of it is told from the first ten minutes.
public struct Tonality: Equatable, Sendable {
    /// `nil` for drums, noise, silence, glides and single notes.
    public var key: KeyEstimate?
    /// `nil` where there is a key, or more than one pitch.
    public var pitch: PitchEstimate?

    public init(key: KeyEstimate? = nil, pitch: PitchEstimate? = nil) { (self.key, self.pitch) = (key, pitch) }

    /// Drums, noise, silence, glides.
    static let none = Tonality()
}
