/// One frame of an ID3v2 tag.
struct ID3Frame {
    /// Three letters in 2.2, four later.
    let name: ChunkTag
    /// Where the next frame begins.
    let end: Int

    private let body: TagRegion
    private let place: Range<Int>
    private let isUnsynchronised: Bool
    private let isReadable: Bool

    /// - Returns: `nil` where there is padding or no frame.
    init?(_ tag: TagRegion, at offset: Int, _ header: ID3Header) {
        let head = tag.fields(at: offset, count: 10, .big)
        var start: Int
        var flags: UInt8 = 0
        if header.version == 2 {
            guard let word = head.u32(at: 0), let size = head.u32(at: 2) else { return nil }
            name = ChunkTag(code: word >> 8)
            (start, end) = (offset + 6, offset + 6 + Int(size & 0xFF_FFFF))
        } else {
            guard let word = head.tag(at: 0), let size = head.u32(at: 4), let format = head.u8(at: 9) else {
                return nil
            }
            (name, flags, start) = (word, format, offset + 10)
            end = offset + 10 + (header.version == 3 ? Int(size) : Self.size(size, tag, at: offset + 10))
        }
        guard Self.isName(name, isShort: header.version == 2) else { return nil }
        let traits = Traits(flags, header)
        start += traits.lead
        (body, place) = (tag, min(start, end)..<end)
        (isReadable, isUnsynchronised) = (traits.isReadable, traits.isUnsynchronised)
    }

    /// The beginning of its content, as far as texts go; `nil` for what is compressed or encrypted.
    var content: [UInt8]? {
        guard isReadable else { return nil }
        let bytes = body.bytes(at: place.lowerBound, count: min(place.count, TagText.mostBytes))
        return isUnsynchronised ? ID3Reader.resynchronised(bytes) : Array(bytes)
    }

    /// What the second flag byte says.
    private struct Traits {
        /// Bytes between header and content.
        var lead = 0
        let isReadable: Bool
        let isUnsynchronised: Bool

        init(_ flags: UInt8, _ header: ID3Header) {
            switch header.version {
            case 3:
                lead = flags & 0x20 != 0 ? 1 : 0
                (isReadable, isUnsynchronised) = (flags & 0xC0 == 0, false)
            case 4:
                // A group, and the length the content had before.
                lead = (flags & 0x40 != 0 ? 1 : 0) + (flags & 0x01 != 0 ? 4 : 0)
                (isReadable, isUnsynchronised) = (flags & 0x0C == 0, flags & 0x02 != 0 || header.isUnsynchronised)
            default: (isReadable, isUnsynchronised) = (true, false)
            }
        }
    }

    /// Bytes of a 2.4 frame: seven bits a byte, but some programs wrote eight, as in 2.3. What a next frame follows
    /// is right.
    private static func size(_ stored: UInt32, _ tag: TagRegion, at start: Int) -> Int {
        guard let size = ID3Header.syncsafe(stored) else { return Int(stored) }
        if stored < 0x80 || isFollowed(tag, start + size) { return size }
        return isFollowed(tag, start + Int(stored)) ? Int(stored) : size
    }

    private static func isFollowed(_ tag: TagRegion, _ end: Int) -> Bool {
        guard let next = tag.fields(at: end, count: 4, .big).tag(at: 0) else { return end == tag.count }
        return next.code == 0 || isName(next, isShort: false)
    }

    /// Whether it consists of capitals and digits.
    private static func isName(_ name: ChunkTag, isShort: Bool) -> Bool {
        (isShort ? [16, 8, 0] : [24, 16, 8, 0]).allSatisfy { shift in
            let letter = UInt8(truncatingIfNeeded: name.code >> shift)
            return (0x30...0x39).contains(letter) || (0x41...0x5A).contains(letter)
        }
    }
}
