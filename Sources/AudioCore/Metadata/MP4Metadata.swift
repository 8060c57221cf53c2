/// Reads the item list of an MPEG-4 file: `moov`, `udta`, `meta`, `ilst`.
///
/// Source: ISO/IEC 14496-12 §8.10 and §8.11 (`udta`, `meta`); Apple, QuickTime File Format, metadata item atoms.
enum MP4Metadata {
    /// Boxes looked at beside each other.
    private static let mostBoxes = 1_000

    private static let fields: [ChunkTag: TagField] = [
        0xA96E_616D: .title, 0xA941_5254: .artist, 0xA961_6C62: .album, 0xA963_6D74: .comment, 0xA967_656E: .genre,
        0xA964_6179: .date, 0xA974_6F6F: .software,
    ].reduce(into: ["cprt": .copyright]) { $0[ChunkTag(code: $1.key)] = $1.value }

    /// - Parameter moov: the content of that box.
    static func read(_ moov: TagRegion) -> AudioMetadata? {
        guard let user = child("udta", of: moov), let meta = child("meta", of: user) else { return nil }
        // A version and flags, which QuickTime leaves out.
        let isBare = meta.fields(at: 4, count: 4, .big).has("hdlr", at: 0)
        guard let list = child("ilst", of: isBare ? meta : meta.part(at: 4)) else { return nil }
        var (values, others) = (TagValues(), TagValues())
        forEachBox(in: list) { tag, item in
            if tag == "----" {
                readNamed(item, into: &others)
            } else if let data = child("data", of: item) {
                read(tag, data, into: &values)
            }
            return true
        }
        return values.metadata.filled(from: others.metadata).ifAny
    }

    /// - Parameter data: a type, a locale, then the value.
    private static func read(_ tag: ChunkTag, _ data: TagRegion, into values: inout TagValues) {
        let value = data.part(at: 8)
        if let field = fields[tag] {
            // Type 2 is UTF-16, all other texts are UTF-8.
            let isWide = data.fields(at: 0, count: 4, .big).u32(at: 0) == 2
            let wide = { TagText.utf16(value.bytes(at: 0, count: TagText.mostBytes), or: .big) }
            values.add(isWide ? wide() : value.text(), to: field)
        } else if tag == "tmpo", (1...4).contains(value.count) {
            let tempo = value.bytes(at: 0, count: 4).reduce(0) { $0 << 8 | Int($1) }
            values.add(String(tempo), to: .bpm)
        } else if tag == "gnre", let number = value.fields(at: 0, count: 2, .big).u16(at: 0) {
            // Counted from 1 here.
            values.add(ID3Genre.name(Int(number) - 1) ?? "", to: .genre)
        }
    }

    /// An item under a name of the user's: `mean`, `name`, `data`.
    private static func readNamed(_ item: TagRegion, into values: inout TagValues) {
        guard let name = child("name", of: item), let data = child("data", of: item),
            let field = TagField(name: name.part(at: 4).bytes(at: 0, count: 32))
        else { return }
        values.add(data.part(at: 8).text(), to: field)
    }

    private static func child(_ tag: ChunkTag, of parent: TagRegion) -> TagRegion? {
        var found: TagRegion?
        forEachBox(in: parent) { name, content in
            if name == tag { found = content }
            return found == nil
        }
        return found
    }

    /// Goes through the boxes of `parent` while `body` wants more.
    private static func forEachBox(in parent: TagRegion, _ body: (ChunkTag, TagRegion) -> Bool) {
        var offset = 0
        for _ in 0..<mostBoxes {
            let head = parent.fields(at: offset, count: 8, .big)
            // Sizes of 64 bits are for sound, not for words.
            guard let size = head.u32(at: 0), size >= 8, let tag = head.tag(at: 4),
                body(tag, parent.part(at: offset + 8, count: Int(size) - 8))
            else { return }
            offset += Int(size)
        }
    }
}
