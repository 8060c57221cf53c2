extension Pattern {
    /// One event, eight bytes of the file.
    public struct Event: Equatable, Sendable {
        /// The eight bytes, the first in the lowest.
        private let word: UInt64

        /// - Parameter bytes: eight.
        init(_ bytes: ArraySlice<UInt8>) { word = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

        /// As in the file.
        public var bytes: [UInt8] { (0..<8).map(byte) }

        private func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> (8 * UInt64(index))) }

        /// Ticks from this event to the next.
        public var delta: Int { Int(byte(0)) }

        var isEnd: Bool { byte(1) == Code.end }
    }

    /// What an event says.
    public enum Kind: Equatable, Sendable {
        case strike(Strike)
        /// Only time passes: gaps of more than 255 ticks are made of these.
        case pause
        case control(ControlChange)
        case end
        /// With its code.
        case unknown(UInt8)
    }

    /// A pad is struck and let go.
    public struct Strike: Equatable, Sendable {
        /// What ``pitch`` is for a pad that sounds as it was recorded.
        public static let originalPitch = 0x8D

        /// 0 for the first pad of bank A, 159 for the last of bank J.
        public let pad: Int
        /// 0…127; a damaged file may say up to 255.
        public let velocity: Int
        /// Ticks until it is let go.
        public let gate: Int
        /// As in the file: ``originalPitch``, or another number for a pad that is played in tones.
        public var pitch = originalPitch
    }

    /// A knob is turned, or another controller of MIDI changes.
    public struct ControlChange: Equatable, Sendable {
        /// 0…15; a damaged file may say up to 255, here and below.
        public let channel: Int
        /// 0…127.
        public let controller: Int
        /// 0…127.
        public let value: Int

        /// Whether MIDI has such a message.
        public var isValid: Bool {
            (0...15).contains(channel) && (0...127).contains(controller) && (0...127).contains(value)
        }
    }

    fileprivate enum Code {
        // Note numbers: B2 is the first pad of banks A and F.
        static let pads: ClosedRange<UInt8> = 0x2F...0x7E
        static let padsOfGroup = 80
        static let pause: UInt8 = 0x80
        static let end: UInt8 = 0x8C
        static let control: UInt8 = 0x8E
    }
}

extension Pattern.Event {
    /// What happens.
    public var kind: Pattern.Kind {
        switch byte(1) {
        case Pattern.Code.pads:
            let group = byte(2) & 0x0F == 0 ? 0 : Pattern.Code.padsOfGroup
            return .strike(
                Pattern.Strike(
                    pad: Int(byte(1) - Pattern.Code.pads.lowerBound) + group, velocity: Int(byte(4)),
                    gate: Int(byte(7)) << 8 | Int(byte(6)), pitch: Int(byte(3))))
        case Pattern.Code.end: return .end
        case Pattern.Code.pause: return .pause
        case Pattern.Code.control:
            return .control(
                Pattern.ControlChange(channel: Int(byte(2)), controller: Int(byte(5)), value: Int(byte(6))))
        case let other: return .unknown(other)
        }
    }
}
