/// The last 128 bytes of many MP3 files: texts of fixed length, and a genre by number.
///
/// Source: ID3v1 (E. Kemp, 1996) and its revision 1.1 (M. Mutschler, 1997).
enum ID3v1 {
    static func read(_ file: InputFile) -> AudioMetadata {
        guard file.size >= 128, let bytes = try? file.bytes(at: file.size - 128, count: 128),
            bytes.starts(with: "TAG".utf8), bytes.count == 128
        else { return AudioMetadata() }
        var values = TagValues()
        for (field, range) in [
            (TagField.title, 3..<33), (.artist, 33..<63), (.album, 63..<93), (.date, 93..<97), (.comment, 97..<127),
        ] {
            values.add(TagText.utf8OrWestern(bytes[range]), to: field)
        }
        if let genre = ID3Genre.name(Int(bytes[127])) { values.add(genre, to: .genre) }
        return values.metadata
    }
}
