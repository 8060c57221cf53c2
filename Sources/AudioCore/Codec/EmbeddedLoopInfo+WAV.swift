extension EmbeddedLoopInfo {
    /// Reads the `acid` and `smpl` chunks of a WAV.
    ///
    /// - Parameter frames: length of the sound; loops beyond it are left out.
    /// - Returns: `nil` if they say nothing.
    ///
    /// Source: Multimedia Data Standards Update, 1994 (`smpl`). `acid` was never published: fields as all
    /// programs read them.
    static func wav(_ chunks: SideChunks, frames: Int) -> EmbeddedLoopInfo? {
        var info = EmbeddedLoopInfo()
        // The note of `acid` is there only if a flag says so, that of `smpl` always: the former is meant.
        if let sampler = chunks["smpl"] { info.readSampler(sampler, frames: frames) }
        if let acid = chunks["acid"] { info.readAcid(acid) }
        return info.ifAny
    }

    private mutating func readAcid(_ acid: HeaderBytes) {
        guard let flags = acid.u32(at: 0), let note = acid.u16(at: 4), let beats = acid.u32(at: 12),
            let unit = acid.u16(at: 16), let beatsInBar = acid.u16(at: 18), let tempo = acid.u32(at: 20)
        else { return }
        isOneShot = flags & 1 != 0
        if flags & 2 != 0 { rootNote = Self.sane(note: Int(note)) }
        self.beats = Self.sane(beats: beats)
        meter = Meter(beats: Int(beatsInBar), unit: Int(unit))
        bpm = Self.sane(bpm: Double(Float(bitPattern: tempo)))
    }

    private mutating func readSampler(_ sampler: HeaderBytes, frames: Int) {
        guard let note = sampler.u32(at: 12), let count = sampler.u32(at: 28) else { return }
        rootNote = Self.sane(note: Int(note))
        for index in 0..<min(Int(count), Self.mostLoops) {
            let loop = 36 + 24 * index
            guard let first = sampler.u32(at: loop + 8), let last = sampler.u32(at: loop + 12) else { break }
            if first <= last, last < frames { loops.append(Int(first)..<Int(last) + 1) }
        }
    }
}
