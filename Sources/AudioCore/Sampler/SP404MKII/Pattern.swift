/// A pattern of an SP-404MKII: when pads are struck, `PTNnnnnn.BIN`.
///
/// Every event is eight bytes; what follows the last one is kept as it is. 480 ticks are a quarter note.
public struct Pattern: Equatable, Sendable {
    public static let ticksPerQuarter = 480
    static let ticksPerBar = 4 * ticksPerQuarter

    /// In order of time, the end among them.
    public let events: [Event]
    /// Bars and time signature, in a form not known for certain.
    let trailer: [UInt8]

    /// One event.
    public struct Event: Equatable, Sendable {
        /// Eight, as in the file.
        let bytes: [UInt8]

        /// Ticks from this event to the next.
        public var delta: Int { Int(bytes[0]) }

        /// What happens.
        public var kind: Kind {
            switch bytes[1] {
            case Self.firstPad...Self.lastPad:
                let pad = Int(bytes[1] - Self.firstPad) + (bytes[2] & 0x0F == 0 ? 0 : Self.padsOfGroup)
                return .strike(Strike(pad: pad, velocity: Int(bytes[4]), gate: Int(bytes[7]) << 8 | Int(bytes[6])))
            case 0x8C: return .end
            case 0x80: return .pause
            case 0x8E: return .control
            case let other: return .unknown(other)
            }
        }

        // Note numbers: B2 is the first pad of banks A and F.
        private static let firstPad: UInt8 = 0x2F
        private static let lastPad: UInt8 = 0x7E
        private static let padsOfGroup = 80
    }

    /// What an event says.
    public enum Kind: Equatable, Sendable {
        case strike(Strike)
        /// Only time passes: gaps of more than 255 ticks are made of these.
        case pause
        case control
        case end
        case unknown(UInt8)
    }

    /// A pad is struck and let go.
    public struct Strike: Equatable, Sendable {
        /// 0 for the first pad of bank A, 159 for the last of bank J.
        public let pad: Int
        /// 0…127.
        public let velocity: Int
        /// Ticks until it is let go.
        public let gate: Int
    }
}

extension Pattern {
    private static let eventSize = 8
    private static let kind = "pattern"

    /// - Throws: ``SamplerError`` for a file that has no end of events, or is longer than any pattern (1 MiB).
    public init(_ bytes: [UInt8]) throws(SamplerError) {
        guard bytes.count <= 1 << 20 else {
            throw .wrongSize(file: Self.kind, bytes: bytes.count, expected: "at most 1 MiB")
        }
        var events: [Event] = []
        var offset = 0
        while offset + Self.eventSize <= bytes.count, events.last?.kind != .end {
            events.append(Event(bytes: Array(bytes[offset..<offset + Self.eventSize])))
            offset += Self.eventSize
        }
        guard events.last?.kind == .end else { throw .damaged(file: Self.kind, reason: "it has no end") }
        self.events = events
        trailer = Array(bytes[offset...])
    }

    /// The file.
    public var bytes: [UInt8] { events.flatMap(\.bytes) + trailer }

    /// Length of all of it.
    public var ticks: Int { events.reduce(0) { $0 + $1.delta } }

    /// Whole bars of four quarters, at least 1.
    public var bars: Int { max(1, (ticks + Self.ticksPerBar - 1) / Self.ticksPerBar) }

    /// When pads are struck, in ticks from the start.
    public var strikes: [(tick: Int, strike: Strike)] {
        var (tick, strikes): (Int, [(tick: Int, strike: Strike)]) = (0, [])
        for event in events {
            if case .strike(let strike) = event.kind { strikes.append((tick, strike)) }
            tick += event.delta
        }
        return strikes
    }
}
