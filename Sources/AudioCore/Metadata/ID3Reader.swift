/// Reads what ID3v2.2, 2.3 and 2.4 tags say in text frames and comments. Pictures are passed by.
///
/// Source: id3.org, ID3v2.2.0 (1998), ID3v2.3.0 (1999), ID3v2.4.0 structure and native frames (2000).
enum ID3Reader {
    /// Frames looked at in one tag.
    private static let mostFrames = 1_000
    /// Tags looked at, one behind the other.
    private static let mostTags = 4

    /// All tags that stand at the start of `region`; the first one that says something counts.
    static func read(_ region: TagRegion) -> AudioMetadata {
        var (metadata, offset) = (AudioMetadata(), 0)
        for _ in 0..<mostTags {
            guard let header = ID3Header(region.fields(at: offset, count: 10, .big)) else { break }
            metadata = metadata.filled(from: read(header, region.part(at: offset + 10, count: header.size)))
            offset += 10 + header.size + header.footer
        }
        return metadata
    }

    private static func read(_ header: ID3Header, _ body: TagRegion) -> AudioMetadata {
        // Before 2.4 the whole tag is unsynchronised, its frame headers too.
        let isWhole = header.isUnsynchronised && header.version < 4
        let body = isWhole ? TagInput(resynchronised(body.bytes(at: 0, count: TagInput.mostBytes))).all : body
        var text = ID3Text()
        guard var offset = header.start(in: body) else { return text.metadata }
        for _ in 0..<mostFrames {
            guard let frame = ID3Frame(body, at: offset, header) else { break }
            if text.wants(frame.name), let content = frame.content { text.read(frame.name, content) }
            offset = frame.end
        }
        return text.metadata
    }

    /// Without the zeros that were put behind every 0xFF.
    static func resynchronised(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var (result, isAfterFull) = ([UInt8](), false)
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            if !(isAfterFull && byte == 0) { result.append(byte) }
            isAfterFull = byte == 0xFF
        }
        return result
    }
}

/// The first ten bytes of a tag.
struct ID3Header {
    /// 2, 3 or 4.
    let version: UInt8
    /// Bytes behind the header, without the footer.
    let size: Int
    /// Bytes of the footer.
    let footer: Int
    let isUnsynchronised: Bool
    private let hasExtension: Bool

    init?(_ head: HeaderBytes) {
        guard head.has("ID3", at: 0), let version = head.u8(at: 3), (2...4).contains(version),
            let flags = head.u8(at: 5), let size = head.u32(at: 6).flatMap(Self.syncsafe),
            // In 2.2 this flag means a compression that was never defined.
            !(version == 2 && flags & 0x40 != 0)
        else { return nil }
        (self.version, self.size) = (version, size)
        footer = version == 4 && flags & 0x10 != 0 ? 10 : 0
        (isUnsynchronised, hasExtension) = (flags & 0x80 != 0, flags & 0x40 != 0)
    }

    /// Where the first frame begins, behind an extended header.
    func start(in body: TagRegion) -> Int? {
        guard hasExtension else { return 0 }
        let size = body.fields(at: 0, count: 4, .big).u32(at: 0)
        // 2.3 does not count the four bytes of the size.
        return version == 3 ? size.map { Int($0) + 4 } : size.flatMap(Self.syncsafe)
    }

    /// A number in the lower seven bits of each byte; `nil` where a byte has more.
    static func syncsafe(_ number: UInt32) -> Int? {
        guard number & 0x8080_8080 == 0 else { return nil }
        return [24, 16, 8, 0].reduce(0) { $0 << 7 | Int(number >> $1 & 0x7F) }
    }
}
