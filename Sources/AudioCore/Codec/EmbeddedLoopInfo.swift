/// What the maker of a file wrote into it about its musical use: a claim, kept apart from what is measured.
///
/// Read from the chunks `acid` and `smpl` of a WAV, and `basc`, `INST` and `MARK` of an AIFF. Programs write
/// these fields without being asked (tempo 120, root note 60), so they are hints. What is absent or outside
/// its range is `nil`. What a file says in words is in ``AudioMetadata``.
public struct EmbeddedLoopInfo: Equatable, Sendable, Codable {
    /// Beats per minute, 20…999.
    public var bpm: Double?
    /// Beats from start to end, 1…100,000.
    public var beats: Int?
    /// Time signature.
    public var meter: Meter?
    /// Whether the sound is played once and at its own speed; `nil` where nothing says so.
    public var isOneShot: Bool?
    /// MIDI note (60 is middle C) at which the sound has its recorded pitch, 1…127; 0 is what writers leave
    /// who do not know.
    public var rootNote: Int?
    /// Of the key whose tonic is the pitch class of `rootNote`.
    public var scale: Scale?
    /// Frames that a sampler repeats while a key is held; each lies inside the sound.
    public var loops: [Range<Int>] = []

    public init() {}

    /// A time signature.
    public struct Meter: Equatable, Sendable, Codable {
        /// In a bar, 1…64.
        public var beats: Int
        /// Fraction of a whole note that a beat is, a power of two up to 64.
        public var unit: Int

        /// `nil` for what is no time signature.
        public init?(beats: Int, unit: Int) {
            guard (1...64).contains(beats), [1, 2, 4, 8, 16, 32, 64].contains(unit) else { return nil }
            (self.beats, self.unit) = (beats, unit)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case bpm, beats, meter, scale, loops
        case isOneShot = "one_shot"
        case rootNote = "root_note"
    }
}

extension EmbeddedLoopInfo {
    /// Loops that are taken over; samplers use one or two.
    static let mostLoops = 16

    /// `nil` if nothing at all is known.
    var ifAny: EmbeddedLoopInfo? { self == EmbeddedLoopInfo() ? nil : self }

    static func sane(bpm: Double) -> Double? { (20...999).contains(bpm) ? bpm : nil }
    static func sane(beats: UInt32) -> Int? { (1...100_000).contains(beats) ? Int(beats) : nil }
    static func sane(note: Int) -> Int? { (1...127).contains(note) ? note : nil }
}
