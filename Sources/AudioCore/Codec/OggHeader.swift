/// Checks the first page of an Ogg file.
enum OggHeader {
    static func read(_ file: InputFile, _ limits: DecodeLimits) throws(AudioError) -> CheckedInput {
        let page = try HeaderBytes(file.bytes(at: 0, count: AudioFormat.sniffLength), .little)
        guard let identity = OggIdentity(firstPage: page) else { throw .notAudio }
        let stream = AudioStream(
            format: identity.format, sampleRate: identity.sampleRate, channels: identity.channels, bitDepth: nil)
        try limits.check(sampleRate: stream.sampleRate, channels: stream.channels)
        return try CheckedInput(
            stream: stream, parts: [.file(0..<file.size)],
            isTruncated: !endsWithLastPage(file, ofStream: page.u32(at: 14)))
    }

    /// Whether the file ends with a whole page that says it is the last of `stream`. The last page of another
    /// stream does not count: of streams glued together only the first is decoded.
    private static func endsWithLastPage(_ file: InputFile, ofStream stream: UInt32?) throws(AudioError) -> Bool {
        // The largest page: 27 bytes, 255 sizes, 255 segments of 255 bytes.
        let tail = try HeaderBytes(file.bytes(at: max(0, file.size - 65_307), count: 65_307), .little)
        var start = tail.count - 27
        while start >= 0, !tail.has("OggS", at: start) { start -= 1 }
        guard start >= 0, let flags = tail.u8(at: start + 5), let count = tail.u8(at: start + 26),
            let sizes = tail.slice(start + 27..<start + 27 + Int(count))
        else { return false }
        let end = start + 27 + sizes.reduce(Int(count)) { $0 + Int($1) }
        return flags & 4 != 0 && tail.u32(at: start + 14) == stream && end <= tail.count
    }
}

/// The codec of an Ogg stream and what its identification packet says.
///
/// Source: RFC 3533 (pages), Vorbis I specification §4.2.2, RFC 7845 §5.1 (Opus).
struct OggIdentity {
    let format: AudioFormat
    /// Hz; Opus always decodes to 48 kHz.
    let sampleRate: Int
    let channels: Int

    init?(firstPage page: HeaderBytes) {
        // Version 0, flag 2: the first page of a stream.
        guard page.has("OggS", at: 0), page.u8(at: 4) == 0, let flags = page.u8(at: 5), flags & 2 != 0,
            let segments = page.u8(at: 26)
        else { return nil }
        let packet = 27 + Int(segments)
        if page.has("\u{1}vorbis", at: packet), let channels = page.u8(at: packet + 11),
            let bytes = page.slice(packet + 12..<packet + 16)
        {
            format = .ogg
            self.channels = Int(channels)
            sampleRate = bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        } else if page.has("OpusHead", at: packet), let channels = page.u8(at: packet + 9) {
            (format, self.channels, sampleRate) = (.opus, Int(channels), 48_000)
        } else {
            return nil
        }
    }
}
