extension Pattern {
    /// The pattern as a standard MIDI file (format 0, 480 ticks a quarter), with tempo and time signature.
    ///
    /// Notes are the unit's own: 47 is the first pad; banks A to E are on channel 1, F to J on channel 2. Control
    /// changes keep their channel; those that MIDI has no message for are left out.
    ///
    /// - Parameter bpm: beats per minute, 4…1,000; the nearest of these if it is not among them.
    ///
    /// Source: Standard MIDI Files 1.0, MIDI Manufacturers Association, 1988.
    public func midi(bpm: Double) -> [UInt8] {
        var (track, tick) = (BigEndianWriter(), 0)
        track.append(Self.tempo(bpm))
        track.append(timeSignatureMessage)
        for message in messages.sorted(by: { ($0.tick, $0.order) < ($1.tick, $1.order) }) {
            track.append(Self.variableLength(message.tick - tick) + message.bytes)
            tick = message.tick
        }
        track.append(Self.variableLength(max(0, max(ticks, bars * ticksPerBar) - tick)) + [0xFF, 0x2F, 0x00])
        var file = BigEndianWriter()
        file.append("MThd")
        file.append([6, 0x0000_0001])
        file.append([UInt8(Self.ticksPerQuarter >> 8), UInt8(Self.ticksPerQuarter & 0xFF)])
        file.append("MTrk")
        file.append([UInt32(track.bytes.count)])
        file.append(track.bytes)
        return file.bytes
    }

    private static func tempo(_ bpm: Double) -> [UInt8] {
        let microseconds = UInt32((60_000_000 / (bpm.isFinite ? bpm.clamped(to: 4...1_000) : 120)).rounded())
        return [0x00, 0xFF, 0x51, 0x03] + [16, 8, 0].map { UInt8(truncatingIfNeeded: microseconds >> $0) }
    }

    /// Beats, the power of two that a beat is, MIDI clocks a click, 32nds a quarter.
    private var timeSignatureMessage: [UInt8] {
        let (beats, unit) = timeSignature
        return [0x00, 0xFF, 0x58, 0x04, UInt8(clamping: beats), UInt8(unit.trailingZeroBitCount), 24, 8]
    }

    private struct Message {
        let tick: Int
        /// Off before on, where both fall on one tick, and what turns a knob between them; then as in the file.
        let order: Int
        let bytes: [UInt8]
    }

    private var messages: [Message] {
        timed.enumerated().flatMap { place, timed -> [Message] in
            let (tick, event) = timed
            switch event.kind {
            case .strike(let strike):
                let (channel, note) = (UInt8(strike.pad / 80), UInt8(47 + strike.pad % 80))
                // Velocity 0 would mean "off".
                let velocity = UInt8(strike.velocity.clamped(to: 1...127))
                return [
                    Message(tick: tick, order: events.count + place, bytes: [0x90 | channel, note, velocity]),
                    Message(tick: tick + max(1, strike.gate), order: -1, bytes: [0x80 | channel, note, 64]),
                ]
            case .control(let change) where change.isValid:
                let bytes = [0xB0 | UInt8(change.channel), UInt8(change.controller), UInt8(change.value)]
                return [Message(tick: tick, order: place, bytes: bytes)]
            default: return []
            }
        }
    }

    /// Seven bits a byte, all but the last with the top bit set.
    private static func variableLength(_ value: Int) -> [UInt8] {
        var bytes = [UInt8(value & 0x7F)]
        var rest = value >> 7
        while rest > 0 {
            bytes.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
            rest >>= 7
        }
        return bytes
    }
}
