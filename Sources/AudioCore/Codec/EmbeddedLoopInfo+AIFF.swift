extension EmbeddedLoopInfo {
    /// Reads the `basc` chunk of an Apple Loop, and `INST` with the `MARK`s it names.
    ///
    /// An Apple Loop has beats and no tempo. Whether it is a one-shot is not read: programs disagree on
    /// which value of its flag says so.
    ///
    /// - Parameter frames: length of the sound; loops beyond it are left out.
    /// - Returns: `nil` if they say nothing.
    ///
    /// Source: Apple, Audio Interchange File Format 1.3 (1989); `basc` was never published: fields as
    /// libsndfile reads them.
    static func aiff(_ chunks: SideChunks, frames: Int) -> EmbeddedLoopInfo? {
        var info = EmbeddedLoopInfo()
        if let instrument = chunks["INST"] {
            info.readInstrument(instrument, markers: chunks["MARK"].map(markers) ?? [:], frames: frames)
        }
        if let basics = chunks["basc"] { info.readBasics(basics) }
        return info.ifAny
    }

    private mutating func readBasics(_ basics: HeaderBytes) {
        guard let beats = basics.u32(at: 4), let note = basics.u16(at: 8), let scale = basics.u16(at: 10),
            let beatsInBar = basics.u16(at: 12), let unit = basics.u16(at: 14)
        else { return }
        self.beats = Self.sane(beats: beats)
        rootNote = Self.sane(note: Int(note)) ?? rootNote
        self.scale = [1: .minor, 2: .major][scale]
        meter = Meter(beats: Int(beatsInBar), unit: Int(unit))
    }

    private mutating func readInstrument(_ instrument: HeaderBytes, markers: [UInt16: UInt32], frames: Int) {
        guard let note = instrument.u8(at: 0) else { return }
        rootNote = Self.sane(note: Int(note))
        // The sustain loop and the release loop: play mode (0 is none), first and last marker.
        for loop in [8, 14] {
            guard let mode = instrument.u16(at: loop), mode != 0,
                let first = instrument.u16(at: loop + 2).flatMap({ markers[$0] }),
                let end = instrument.u16(at: loop + 4).flatMap({ markers[$0] })
            else { continue }
            // A marker stands before the frame of its number.
            if first < end, end <= frames { loops.append(Int(first)..<Int(end)) }
        }
    }

    /// Positions by marker.
    private static func markers(_ chunk: HeaderBytes) -> [UInt16: UInt32] {
        var positions: [UInt16: UInt32] = [:]
        var offset = 2
        for _ in 0..<(chunk.u16(at: 0) ?? 0) {
            guard let id = chunk.u16(at: offset), let position = chunk.u32(at: offset + 2),
                let nameLength = chunk.u8(at: offset + 6)
            else { break }
            positions[id] = position
            // A name is preceded by its length, and padded so that both fill an even number of bytes.
            offset += 6 + (Int(nameLength) + 2) / 2 * 2
        }
        return positions
    }
}
