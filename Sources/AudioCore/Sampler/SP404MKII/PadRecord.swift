/// How one pad of an SP-404MKII plays: 43 words of `PADCONF.BIN`.
///
/// The words are kept as they were read; the properties are views of the ones whose meaning is known. What a
/// property is set to is not checked here: ``Field/range`` tells what a unit takes.
public struct PadRecord: Equatable, Sendable {
    /// Words of a record.
    public static let wordCount = 43

    private static let alwaysOne = 6

    /// Big-endian in the file.
    public internal(set) var words: [UInt32]

    /// An empty pad, with the values a unit gives it.
    public init() {
        words = Array(repeating: 0, count: Self.wordCount)
        words[Self.alwaysOne] = 1
        for field in Field.allCases { self[field] = field.standard }
    }

    init(words: [UInt32]) { self.words = words }

    /// A word whose meaning is known.
    public subscript(field: Field) -> Int {
        get { Int(Int32(bitPattern: words[field.rawValue])) }
        set { words[field.rawValue] = UInt32(bitPattern: Int32(clamping: newValue)) }
    }

    /// Whether no sample is on the pad.
    public var isEmpty: Bool { self[.fileSize] == 0 }

    /// Whether the sample repeats.
    public var isLooped: Bool {
        get { self[.loop] != 0 }
        set { self[.loop] = newValue ? 0x7FFF_FFFF : 0 }
    }

    /// Beats per minute, to a hundredth.
    public var bpm: Double {
        get { Double(self[.tempo]) / 100 }
        set { self[.tempo] = Int(exactly: (newValue * 100).rounded()) ?? 0 }
    }

    /// Words by their place in the record.
    public enum Field: Int, CaseIterable, Sendable {
        /// Bytes of the pad's `SMP` file; 0 for an empty pad.
        case fileSize = 0
        /// Byte of the `SMP` file where playing starts and ends: 512 + frame · 2 · channels.
        case start = 1
        case end = 2
        case level = 3
        case gate = 4
        case loop = 5
        case muteGroup = 7
        case tempoSync = 8
        /// Hundredths of a beat per minute.
        case tempo = 9
        /// 1: fixed velocity; 2, 4: variable; 8, 16: chromatic; 32: one-shot.
        case flags = 10
        /// Byte, as ``start``.
        case loopStart = 11
        case reverse = 12
        /// Semitones.
        case pitch = 13
        /// Cents.
        case fineTune = 14
        case playMode = 15
        /// Hundredths of a per cent.
        case stretch = 16
        case vinyl = 17
        case pan = 18
        case padLink = 19
        case bus = 20
        case roll = 21
        case attack = 22
        case hold = 23
        case release = 24

        /// What a unit takes.
        public var range: ClosedRange<Int> {
            switch self {
            case .fileSize, .start, .end, .loopStart: 0...Int(Int32.max)
            case .loop: 0...0x7FFF_FFFF
            case .level, .pan, .attack, .hold, .release, .roll, .vinyl, .bus: 0...127
            case .gate, .tempoSync, .reverse: 0...1
            case .muteGroup, .padLink: 0...10
            case .tempo: 4_000...20_000
            case .flags: 0...63
            case .pitch: -12...12
            case .fineTune: -100...100
            case .playMode: 0...3
            case .stretch: 5_000...15_000
            }
        }

        /// What an empty pad has.
        var standard: Int {
            switch self {
            case .start, .end, .loopStart: SampleFile.headerSize
            case .level: 127
            case .tempo: 12_000
            case .stretch: 10_000
            case .vinyl, .bus: 1
            case .pan: 64
            case .roll: 2
            case .hold: 100
            default: 0
            }
        }
    }
}
