@testable import AudioCore

/// Tags made in memory by their standards.
enum MadeTags {
    /// What an opened file says about itself.
    static func metadata(_ bytes: [UInt8]) throws -> AudioMetadata? {
        try withFile(bytes) { try AudioFile(path: $0).metadata }
    }

    // MARK: ID3

    /// A number in seven bits of each byte.
    static func syncsafe(_ number: Int) -> [UInt8] {
        [21, 14, 7, 0].map { UInt8(truncatingIfNeeded: number >> $0) & 0x7F }
    }

    static func id3(_ version: UInt8, flags: UInt8 = 0, _ frames: [UInt8]...) -> [UInt8] {
        let body = frames.flatMap { $0 }
        return Array("ID3".utf8) + [version, 0, flags] + syncsafe(body.count) + body
    }

    /// A frame of `version`, by the length of its header and how it writes its size.
    static func frame(_ version: UInt8, _ name: String, flags: UInt8 = 0, _ content: [UInt8]) -> [UInt8] {
        let size =
            switch version {
            case 2: Array(MadeFiles.big(UInt32(content.count)).dropFirst())
            case 3: MadeFiles.big(UInt32(content.count))
            default: syncsafe(content.count)
            }
        return Array(name.utf8) + size + (version == 2 ? [] : [0, flags]) + content
    }

    /// A text frame in UTF-8 (2.4) or Latin-1 (before).
    static func text(_ version: UInt8, _ name: String, _ text: String) -> [UInt8] {
        frame(version, name, [version == 4 ? 3 : 0] + Array(text.utf8))
    }

    /// Behind `tag` ten frames of sound, and `tail`.
    static func mp3(_ tag: [UInt8], tail: [UInt8] = []) -> [UInt8] {
        tag + MadeFiles.mp3(frames: 10) + tail
    }

    /// The 128 bytes of an ID3v1 tag.
    static func id3v1(
        title: String, artist: String = "", album: String = "", year: String = "", comment: [UInt8] = [],
        genre: UInt8 = 255
    ) -> [UInt8] {
        func field(_ text: [UInt8], _ size: Int) -> [UInt8] {
            Array((text + Array(repeating: 0, count: size)).prefix(size))
        }
        return Array("TAG".utf8) + field(Array(title.utf8), 30) + field(Array(artist.utf8), 30)
            + field(Array(album.utf8), 30) + field(Array(year.utf8), 4) + field(comment, 30) + [genre]
    }

    // MARK: Vorbis comments

    static func vorbis(vendor: String = "maker 1.0", _ comments: [String], count: UInt32? = nil) -> [UInt8] {
        let entries = comments.flatMap { MadeFiles.little(UInt32($0.utf8.count)) + Array($0.utf8) }
        return MadeFiles.little(UInt32(vendor.utf8.count)) + Array(vendor.utf8)
            + MadeFiles.little(count ?? UInt32(comments.count)) + entries
    }

    /// A real FLAC of 3,000 frames with a further metadata block.
    static func flac(type: UInt8, _ block: [UInt8]) throws -> [UInt8] {
        var bytes = try AudioVectors.validBytes("flac16.flac")
        let isLast = bytes[4] & 0x80
        bytes[4] &= 0x7F
        // Behind `fLaC` and STREAMINFO; it is the last block if that was.
        bytes.insert(contentsOf: [type | isLast] + MadeFiles.big(UInt32(block.count)).dropFirst() + block, at: 42)
        return bytes
    }

    /// Opus whose comment packet is cut into pages of at most `segments` segments.
    static func opus(_ comments: [UInt8], segments: Int = 255) -> [UInt8] {
        let pages = MadeFiles.opus(pages: 1)
        let packet = Array("OpusTags".utf8) + comments
        var sizes = Array(repeating: UInt8(255), count: packet.count / 255) + [UInt8(packet.count % 255)]
        var (rest, bytes, sequence) = (packet[...], pages[0], UInt32(1))
        while !sizes.isEmpty {
            let lacing = Array(sizes.prefix(segments))
            let content = rest.prefix(lacing.reduce(0) { $0 + Int($1) })
            bytes += page(lacing, Array(content), sequence: sequence, isContinued: sequence > 1)
            sizes.removeFirst(lacing.count)
            rest = rest.dropFirst(content.count)
            sequence += 1
        }
        var last = pages[2]
        last.replaceSubrange(18..<22, with: MadeFiles.little(sequence))
        last.replaceSubrange(22..<26, with: MadeFiles.little(OggPage.checksum(of: last)))
        return bytes + last
    }

    private static func page(_ lacing: [UInt8], _ content: [UInt8], sequence: UInt32, isContinued: Bool) -> [UInt8] {
        var page = Array("OggS".utf8) + [0, isContinued ? 1 : 0] + MadeFiles.little(0 as UInt64)
        page += MadeFiles.little(7 as UInt32) + MadeFiles.little(sequence) + [0, 0, 0, 0, UInt8(lacing.count)]
        page += lacing + content
        page.replaceSubrange(22..<26, with: MadeFiles.little(OggPage.checksum(of: page)))
        return page
    }

    // MARK: MPEG-4

    static func box(_ tag: [UInt8], _ content: [UInt8]) -> [UInt8] {
        MadeFiles.big(UInt32(content.count + 8)) + tag + content
    }

    static func box(_ tag: String, _ content: [UInt8]) -> [UInt8] { box(Array(tag.utf8), content) }

    /// A `data` box of a type.
    static func data(_ type: UInt32, _ value: [UInt8]) -> [UInt8] {
        box("data", MadeFiles.big(type) + [0, 0, 0, 0] + value)
    }
}
