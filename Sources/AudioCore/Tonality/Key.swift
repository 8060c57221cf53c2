/// One of the twelve notes, spelt with sharps.
public enum PitchClass: String, Codable, Sendable, CaseIterable {
    case c = "C"
    case cSharp = "C#"
    case d = "D"
    case dSharp = "D#"
    case e = "E"
    case f = "F"
    case fSharp = "F#"
    case g = "G"
    case gSharp = "G#"
    case a = "A"
    case aSharp = "A#"
    case b = "B"
}

/// Major or (natural or harmonic) minor.
public enum Scale: String, Codable, Sendable, CaseIterable {
    case major, minor
}

/// A tonic and its scale.
public struct Key: Hashable, Sendable {
    public var tonic: PitchClass
    public var scale: Scale

    public init(_ tonic: PitchClass, _ scale: Scale) { (self.tonic, self.scale) = (tonic, scale) }
}

/// The key of a piece.
public struct KeyEstimate: Equatable, Sendable {
    public var key: Key
    /// How likely the key is right, 0…1: calibrated on labelled chords, chorales and composed music.
    public var confidence: Double
    /// All 24 keys, best first.
    public var candidates: [Key]
    /// How far the piece is off A = 440 Hz, semitones, −0.5…0.5; keys are named in its own tuning.
    public var tuning: Double
}
