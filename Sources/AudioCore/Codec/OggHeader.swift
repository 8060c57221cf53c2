/// Checks the first page of an Ogg file and finds its streams.
enum OggHeader {
    /// - Returns: the streams that follow each other in the file, at least one.
    static func read(_ file: InputFile, _ limits: DecodeLimits) throws(AudioError) -> [CheckedInput] {
        let page = try HeaderBytes(file.bytes(at: 0, count: AudioFormat.sniffLength), .little)
        guard let identity = OggIdentity(firstPage: page) else { throw .notAudio }
        let stream = AudioStream(
            format: identity.format, sampleRate: identity.sampleRate, channels: identity.channels, bitDepth: nil)
        try limits.check(sampleRate: stream.sampleRate, channels: stream.channels)
        let scan = try OggScan(file, of: identity)
        let metadata = scan.comment.metadata
        return scan.links.map {
            CheckedInput(stream: stream, parts: [.file($0)], isTruncated: scan.isTruncated, metadata: metadata)
        }
    }
}

/// The codec of an Ogg stream and what its identification packet says.
///
/// Source: RFC 3533 (pages), Vorbis I specification §4.2.2, RFC 7845 §5.1 (Opus).
struct OggIdentity: Equatable {
    let format: AudioFormat
    /// Hz; Opus decodes to the rate it was made from where that is one of its own, else to 48 kHz.
    let sampleRate: Int
    let channels: Int

    private static let opusRates = [8_000, 12_000, 16_000, 24_000, 48_000]

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
            let rate = Int(page.u32(at: packet + 12) ?? 0)
            (format, self.channels) = (.opus, Int(channels))
            sampleRate = Self.opusRates.contains(rate) ? rate : 48_000
        } else {
            return nil
        }
    }
}
