/// Reads the comments of Vorbis, Opus and FLAC: a vendor, then `NAME=value` any number of times.
///
/// Source: Xiph, Ogg Vorbis I comment field specification; RFC 7845 §5.2 (Opus); RFC 9639 §8.6 (FLAC).
enum VorbisComment {
    /// Comments looked at.
    private static let mostComments = 1_000
    /// Longer names mean nothing to us.
    private static let longestName = 32

    /// - Parameter comments: from the length of the vendor on.
    static func read(_ comments: TagRegion) -> AudioMetadata {
        var (values, others) = (TagValues(), TagValues())
        let vendor = comments.fields(at: 0, count: 4, .little).u32(at: 0).map(Int.init) ?? 0
        others.add(comments.part(at: 4, count: vendor).text(), to: .software)
        let count = comments.fields(at: 4 + vendor, count: 4, .little).u32(at: 0) ?? 0
        var offset = 8 + vendor
        for _ in 0..<min(Int(count), mostComments) {
            guard let length = comments.fields(at: offset, count: 4, .little).u32(at: 0) else { break }
            let comment = comments.part(at: offset + 4, count: Int(length))
            offset += 4 + Int(length)
            let name = comment.bytes(at: 0, count: longestName).prefix { $0 != UInt8(ascii: "=") }
            // Pictures are comments too: they are passed by without being read.
            let value = { comment.text(at: name.count + 1) }
            if let field = TagField(name: name) {
                values.add(value(), to: field)
            } else if name.lowercased == "description" {
                others.add(value(), to: .comment)
            } else if name.lowercased == "year" {
                others.add(value(), to: .date)
            }
        }
        return values.metadata.filled(from: others.metadata)
    }
}

extension Collection<UInt8> {
    fileprivate var lowercased: String { TagText.western(self).lowercased() }
}
