/// Gathers the second packet of an Ogg stream, which holds the comments, as a walk passes its pages.
///
/// Source: RFC 3533 §5 and §6; Vorbis I §4.2.1; RFC 7845 §3 (Opus).
struct OggComment {
    private var stream: UInt32?
    private var packet = 0
    private var content: [UInt8] = []

    /// Takes what `page` has of the packet.
    ///
    /// - Parameter bytes: the whole page.
    mutating func take(_ page: OggPage, _ bytes: ArraySlice<UInt8>) {
        guard packet < 2, stream ?? page.stream == page.stream else { return }
        stream = page.stream
        // 27 bytes, the last of which is the number of segments; their sizes; the segments.
        let head = bytes.dropFirst(26)
        guard let count = head.first.map(Int.init) else { return }
        var rest = head.dropFirst(1 + count)
        for size in head.dropFirst().prefix(count) {
            if packet == 1, content.count < TagInput.mostBytes { content += rest.prefix(Int(size)) }
            rest = rest.dropFirst(Int(size))
            // A segment that is not full ends its packet.
            if size < 255 { packet += 1 }
            if packet == 2 { return }
        }
    }

    var metadata: AudioMetadata? {
        let fields = HeaderBytes(Array(content.prefix(8)), .little)
        let start = fields.has("OpusTags", at: 0) ? 8 : fields.has("\u{3}vorbis", at: 0) ? 7 : content.count
        return VorbisComment.read(TagInput(content).all.part(at: start)).ifAny
    }
}
