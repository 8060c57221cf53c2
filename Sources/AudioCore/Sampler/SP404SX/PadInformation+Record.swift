extension PadInformation {
    /// How one pad of an SP-404SX plays.
    ///
    /// The bytes are kept as they were read; the properties are views of them. What a property is set to is not
    /// checked here: ``PadInformation/problems(fileSizes:)`` tells what a unit would not take.
    public struct Record: Equatable, Sendable {
        /// Bytes of a record.
        public static let size = 32

        public internal(set) var bytes: [UInt8]

        /// An empty pad as a unit leaves it: no length, 120 BPM, gate on.
        public init() {
            bytes = Array(repeating: 0, count: Self.size)
            for field in [Field.originalStart, .originalEnd, .userStart, .userEnd] {
                self[field] = SXSampleFile.headerSize
            }
            (self[.volume], self[.gate], self[.format], self[.channels]) = (127, 1, 1, 2)
            (originalBPM, userBPM) = (120, 120)
        }

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// A number of the record.
        ///
        /// - Parameter field: which one. What does not fit into its bytes becomes the nearest that does.
        public subscript(field: Field) -> Int {
            get { bytes[field.place].reduce(0) { $0 << 8 | Int($1) } }
            set {
                var rest = newValue.clamped(to: 0...field.largest)
                for place in field.place.reversed() {
                    bytes[place] = UInt8(truncatingIfNeeded: rest)
                    rest >>= 8
                }
            }
        }

        /// Numbers by the place of their first byte.
        public enum Field: Int, CaseIterable, Sendable {
            /// Byte of the sample file where its sound starts, 512, and ends.
            case originalStart = 0
            case originalEnd = 4
            /// Byte where playing starts and ends: 512 + frame · 2 · channels.
            case userStart = 8
            case userEnd = 12
            case volume = 16
            case loFi = 17
            case loop = 18
            case gate = 19
            case reverse = 20
            /// 0 AIFF, 1 WAV.
            case format = 21
            case channels = 22
            case tempoMode = 23
            /// Tenths of a beat per minute: what the sample has, and what it is played at.
            case originalTempo = 24
            case userTempo = 28

            var place: Range<Int> { rawValue..<rawValue + width }
            var largest: Int { 1 << (8 * width) - 1 }

            private var width: Int {
                switch self {
                case .originalStart, .originalEnd, .userStart, .userEnd, .originalTempo, .userTempo: 4
                default: 1
                }
            }

            /// What a unit takes.
            public var range: ClosedRange<Int> {
                switch self {
                case .originalStart, .originalEnd, .userStart, .userEnd: SXSampleFile.headerSize...largest
                case .volume: 0...127
                case .loFi, .loop, .gate, .reverse, .format: 0...1
                case .channels: 1...2
                case .tempoMode: 0...2
                case .originalTempo, .userTempo: 400...2_000
                }
            }
        }
    }

    /// Which tempo a pad is played at.
    public enum TempoMode: Int, Sendable, CaseIterable, Codable {
        /// That of the sample.
        case off
        /// That of the pattern.
        case pattern
        /// ``PadInformation/Record/userBPM``.
        case user
    }
}

extension PadInformation.Record {
    /// Whether no sample is on the pad: a unit takes the length away and leaves the rest as it was.
    public var isEmpty: Bool { self[.originalStart] == self[.originalEnd] }

    /// `nil` for a number that is not known.
    public var tempoMode: PadInformation.TempoMode? { PadInformation.TempoMode(rawValue: self[.tempoMode]) }

    /// Beats per minute of the sample, to a tenth.
    public var originalBPM: Double {
        get { Double(self[.originalTempo]) / 10 }
        set { self[.originalTempo] = Int(exactly: (newValue * 10).rounded()) ?? 0 }
    }

    /// Beats per minute it is played at in ``PadInformation/TempoMode/user``, to a tenth.
    public var userBPM: Double {
        get { Double(self[.userTempo]) / 10 }
        set { self[.userTempo] = Int(exactly: (newValue * 10).rounded()) ?? 0 }
    }
}
