/// The size of tags around MP3, AAC and FLAC data; their text is read by ``ID3Reader`` and ``ID3v1``.
///
/// Source: id3.org, ID3v2.3.0 and ID3v2.4.0 (1999, 2000), ID3v1.
enum ID3Tag {
    /// Where the sound may begin: behind the ID3v2 tags at the start of `head`; 0 where there are none.
    static func endOfTags(in head: HeaderBytes) -> Int {
        var end = 0
        // Some programs put a new tag before the old one; nobody does so many times.
        for _ in 0..<4 {
            guard let size = size(in: head, at: end) else { break }
            end += size
        }
        return end
    }

    /// The same, for a file whose tags are larger than any head.
    static func endOfTags(in file: InputFile) throws(AudioError) -> Int {
        var end = 0
        for _ in 0..<4 {
            guard let size = try size(in: HeaderBytes(file.bytes(at: end, count: 10), .big), at: 0) else { break }
            end += size
        }
        return end
    }

    /// Where the sound must end: before an ID3v1 tag in the last 128 bytes.
    static func startOfTail(in file: InputFile) throws(AudioError) -> Int {
        let tail = max(0, file.size - 128)
        return try file.bytes(at: tail, count: 3) == Array("TAG".utf8) ? tail : file.size
    }

    /// Bytes of the tag at `offset`, at most 2^28 + 20; `nil` where there is none.
    private static func size(in head: HeaderBytes, at offset: Int) -> Int? {
        guard head.has("ID3", at: offset), let version = head.u8(at: offset + 3), (2...4).contains(version),
            let flags = head.u8(at: offset + 5), let sizes = head.slice(offset + 6..<offset + 10),
            sizes.allSatisfy({ $0 < 0x80 })
        else { return nil }
        let footer = flags & 0x10 == 0 ? 0 : 10
        return 10 + footer + sizes.reduce(0) { $0 << 7 | Int($1) }
    }
}
