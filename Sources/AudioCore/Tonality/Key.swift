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
public struct Key: Hashable, Sendable, CaseIterable {
    /// The note it is named after.
    public var tonic: PitchClass
    /// Major or minor.
    public var scale: Scale

    public init(_ tonic: PitchClass, _ scale: Scale) { (self.tonic, self.scale) = (tonic, scale) }

    /// All of them: C major, C minor, C# major…
    public static let allCases: [Key] = PitchClass.allCases.flatMap { [Key($0, .major), Key($0, .minor)] }

    /// Semitones from C up to the tonic, 0…11.
    var semitones: Int { PitchClass.allCases.firstIndex(of: tonic) ?? 0 }
}

extension Key {
    /// The code on the Camelot wheel, on which neighbours mix well: 8B for C major, 8A for A minor.
    ///
    /// One hour is one fifth; a minor key has the number of its relative major.
    public var camelot: String { "\(camelotHour)\(scale == .major ? "B" : "A")" }

    /// How another key is akin to this one, if it is.
    public func relation(to other: Key) -> KeyRelation? {
        let interval = (semitones - other.semitones + 12) % 12
        if scale == other.scale { return interval == 7 ? .dominant : interval == 5 ? .subdominant : nil }
        if interval == 0 { return .parallel }
        return interval == (scale == .minor ? 9 : 3) ? .relative : nil
    }
}

/// How one key is akin to another.
public enum KeyRelation: String, Codable, Sendable, CaseIterable {
    /// The same notes: A minor for C major.
    case relative
    /// The same tonic: C minor for C major.
    case parallel
    /// A fifth above in the same scale: G major for C major.
    case dominant
    /// A fifth below in the same scale: F major for C major.
    case subdominant
}
