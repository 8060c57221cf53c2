/// Prepares an MP3 file for the decoder: only whole frames, and no length that is not true.
enum MP3Header {
    static func read(
        _ file: InputFile, from start: Int, _ limits: DecodeLimits
    ) throws(AudioError) -> CheckedInput {
        let scan = try MP3Scan(file, from: start)
        let stream = AudioStream(
            format: .mp3, sampleRate: scan.first.sampleRate, channels: scan.first.isMono ? 1 : 2, bitDepth: nil)
        try limits.check(sampleRate: stream.sampleRate, channels: stream.channels)
        guard let lead = scan.runs.first else { throw .empty(format: .mp3) }
        let frame = try file.bytes(at: lead.lowerBound, count: scan.first.length)
        let bytes = scan.runs.reduce(0) { $0 + $1.count }
        let info = trueInfoFrame(frame, scan.first, count: scan.count, bytes: bytes)

        var parts: [VirtualFile.Part] = scan.runs.map { .file($0) }
        if let info {
            // Runs are made of whole frames, so the first one holds this frame.
            parts[0] = .file(lead.lowerBound + scan.first.length..<lead.upperBound)
            parts.insert(.bytes(info.bytes), at: 0)
        }
        // The info frame holds no sound.
        let frames = (scan.count - (info == nil ? 0 : 1)) * scan.first.frames
        guard frames > 0 else { throw .empty(format: .mp3) }
        // Some writers count the info frame too.
        let lacksFrames = info?.claimed.map { Int($0) > scan.count } ?? false
        return CheckedInput(
            stream: stream, parts: parts, mostFrames: frames, isTruncated: scan.isTruncated || lacksFrames)
    }

    /// What stands for a leading Xing, Info or VBRI frame.
    private struct InfoFrame {
        /// None for a VBRI frame, which tells nothing but lengths.
        var bytes: [UInt8] = []
        /// MPEG frames of sound, by the file.
        var claimed: UInt32?
    }

    /// The leading Xing or Info frame with its two lengths set right; `nil` where the first frame is sound.
    ///
    /// Lengths are set and not removed: the same frame says how many samples of encoder delay to cut.
    private static func trueInfoFrame(_ frame: [UInt8], _ header: MPEGFrame, count: Int, bytes: Int) -> InfoFrame? {
        let fields = HeaderBytes(frame, .big)
        if fields.has("VBRI", at: 36) { return InfoFrame(claimed: fields.u32(at: 50)) }
        // Behind the header and the side information.
        let at =
            switch (header.version, header.isMono) {
            case (.mpeg1, false): 36
            case (.mpeg1, true), (_, false): 21
            default: 13
            }
        guard fields.has("Xing", at: at) || fields.has("Info", at: at), let flags = fields.u32(at: at + 4) else {
            return nil
        }
        var (info, next) = (InfoFrame(bytes: frame), at + 8)
        if flags & 1 != 0 { info.claimed = fields.u32(at: next) }
        for (flag, value) in [(1 as UInt32, count - 1), (2, bytes)] where flags & flag != 0 {
            guard next + 4 <= frame.count else { return InfoFrame() }
            info.bytes.replaceSubrange(next..<next + 4, with: bigEndianBytes(UInt32(clamping: value)))
            next += 4
        }
        return info
    }
}

func bigEndianBytes(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}
