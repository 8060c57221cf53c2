extension Pattern {
    /// The pattern as a standard MIDI file (format 0, 480 ticks a quarter).
    ///
    /// Notes are the unit's own: 47 is the first pad; banks A to E are on channel 1, F to J on channel 2.
    ///
    /// - Parameter bpm: beats per minute, 4…1,000; the nearest of these if it is not among them.
    ///
    /// Source: Standard MIDI Files 1.0, MIDI Manufacturers Association, 1988.
    public func midi(bpm: Double) -> [UInt8] {
        let changes = noteChanges.sorted { ($0.tick, $0.order) < ($1.tick, $1.order) }
        var (track, tick) = (BigEndianWriter(), 0)
        let microseconds = UInt32((60_000_000 / (bpm.isFinite ? bpm.clamped(to: 4...1_000) : 120)).rounded())
        track.append([0x00, 0xFF, 0x51, 0x03] + [16, 8, 0].map { UInt8(truncatingIfNeeded: microseconds >> $0) })
        for change in changes {
            track.append(Self.variableLength(change.tick - tick) + change.message)
            tick = change.tick
        }
        track.append(Self.variableLength(max(0, max(ticks, bars * Self.ticksPerBar) - tick)) + [0xFF, 0x2F, 0x00])
        var file = BigEndianWriter()
        file.append("MThd")
        file.append([6, 0x0000_0001])
        file.append([UInt8(Self.ticksPerQuarter >> 8), UInt8(Self.ticksPerQuarter & 0xFF)])
        file.append("MTrk")
        file.append([UInt32(track.bytes.count)])
        file.append(track.bytes)
        return file.bytes
    }

    private struct NoteChange {
        let tick: Int
        /// Off before on, where both fall on one tick.
        let order: Int
        let message: [UInt8]
    }

    private var noteChanges: [NoteChange] {
        strikes.flatMap { tick, strike in
            let (channel, note) = (UInt8(strike.pad / 80), UInt8(47 + strike.pad % 80))
            // Velocity 0 would mean "off".
            let velocity = UInt8(strike.velocity.clamped(to: 1...127))
            return [
                NoteChange(tick: tick, order: 1, message: [0x90 | channel, note, velocity]),
                NoteChange(tick: tick + max(1, strike.gate), order: 0, message: [0x80 | channel, note, 64]),
            ]
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
