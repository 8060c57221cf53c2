/// Checks the header of a FLAC file and leaves only STREAMINFO and the frames for the decoder.
///
/// Comments are read here; they, pictures and seek tables never reach it. The number of frames is set to "unknown": the
/// decoder then goes to the true end, and the claim is compared with what came out.
///
/// Source: RFC 9639 (2024), sections 8 and 9.
enum FLACHeader {
    /// 7 bits of type and 24 of length make 128 MiB of tags possible; nobody has that many blocks.
    private static let mostBlocks = 1_000

    static func read(_ file: InputFile, from start: Int, _ limits: DecodeLimits) throws(AudioError) -> CheckedInput {
        let head = try HeaderBytes(file.bytes(at: start, count: 42), .big)
        // The first block must be STREAMINFO (type 0) of 34 bytes.
        guard let block = head.u32(at: 4), block & 0x7FFF_FFFF == 34, let packed = head.u64(at: 18),
            var info = head.slice(8..<42).map({ Array($0) })
        else { throw .damaged(format: .flac, reason: "no STREAMINFO") }

        // 20 bits of rate, 3 of channels, 5 of bits per sample, 36 of frames.
        let stream = AudioStream(
            format: .flac, sampleRate: Int(packed >> 44), channels: Int((packed >> 41) & 7) + 1,
            bitDepth: Int((packed >> 36) & 31) + 1)
        try limits.check(sampleRate: stream.sampleRate, channels: stream.channels)
        let claimed = Int(packed & 0xF_FFFF_FFFF)
        info.replaceSubrange(13..<18, with: [info[13] & 0xF0, 0, 0, 0, 0])

        var texts = FLACMetadata()
        let sound = try endOfBlocks(file, from: start + 4, &texts)
        let end = try max(sound, ID3Tag.startOfTail(in: file))
        guard end > sound else { throw .empty(format: .flac) }
        let sync = try HeaderBytes(file.bytes(at: sound, count: 2), .big)
        guard let word = sync.u16(at: 0), word & 0xFFFE == 0xFFF8 else {
            throw .damaged(format: .flac, reason: "no frame behind the metadata")
        }
        // 0x80: the last metadata block.
        let frames = claimed == 0 ? nil : claimed
        return CheckedInput(
            stream: stream, parts: [.bytes(Array("fLaC".utf8) + [0x80, 0, 0, 34] + info), .file(sound..<end)],
            claimedFrames: frames, metadata: texts.read(file, frames: frames))
    }

    /// Where the first frame begins.
    private static func endOfBlocks(
        _ file: InputFile, from start: Int, _ texts: inout FLACMetadata
    ) throws(AudioError) -> Int {
        var offset = start
        for index in 0..<mostBlocks {
            guard let header = try HeaderBytes(file.bytes(at: offset, count: 4), .big).u32(at: 0) else {
                throw .damaged(format: .flac, reason: "a metadata block runs past the end")
            }
            guard index == 0 || (header >> 24) & 0x7F != 0 else {
                throw .damaged(format: .flac, reason: "two STREAMINFO blocks")
            }
            let end = offset + 4 + Int(header & 0xFF_FFFF)
            texts.note(type: (header >> 24) & 0x7F, offset + 4..<end)
            offset = end
            if header >> 31 == 1 { return offset }
        }
        throw .damaged(format: .flac, reason: "more than \(mostBlocks) metadata blocks")
    }
}
