/// How well two keys sound one after the other or together, by the Camelot wheel that disc jockeys use.
///
/// Source: M. Davis, Camelot Sound; B. Coleman, "Camelot wheel" rules as taught for mixing in key. It is the circle of fifths
/// with major and minor side by side.
public enum HarmonicMix: String, Codable, Sendable, CaseIterable {
    /// The same key: everything fits.
    case sameKey = "same key"
    /// The same notes in the other scale (8A and 8B).
    case relative = "relative key"
    /// A fifth up or down: all notes but one are shared (8A and 9A).
    case neighbour = "a fifth apart"
    /// Seven hours on, a semitone up: few notes are shared, but it lifts the energy where one follows the other.
    case energyBoost = "energy boost"
    /// Nothing is known to fit.
    case clash = "keys clash"

    /// From `key` to the key that comes with it or after it.
    public init(from key: Key, to other: Key) {
        let hours = (other.camelotHour - key.camelotHour + 12) % 12
        self =
            switch (key.scale == other.scale, hours) {
            case (true, 0): .sameKey
            case (false, 0): .relative
            case (true, 1), (true, 11): .neighbour
            case (true, 7): .energyBoost
            default: .clash
            }
    }

    /// Whether both may sound at once.
    public var fits: Bool { self == .sameKey || self == .relative || self == .neighbour }

    /// Whether one may at least follow the other.
    public var isPossible: Bool { self != .clash }
}

extension Key {
    /// The number of the Camelot code, 1…12.
    var camelotHour: Int {
        let major = scale == .major ? semitones : semitones + 3
        return (7 * major + 7) % 12 + 1
    }

    /// This key so many semitones higher.
    public func shifted(by semitones: Int) -> Key {
        let tonic = ((self.semitones + semitones) % 12 + 12) % 12
        return Key(PitchClass.allCases[tonic], scale)
    }
}
