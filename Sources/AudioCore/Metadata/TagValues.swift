/// What a tag can say in words.
enum TagField: CaseIterable {
    case title, artist, album, genre, comment, date, copyright, software, isrc, bpm, key

    /// The field called `name` in Vorbis comments, in the user's texts of ID3 and in those of MPEG-4.
    init?(name: some Collection<UInt8>) {
        guard let field = Self.names[TagText.western(name).uppercased()] else { return nil }
        self = field
    }

    private static let names: [String: TagField] = [
        "TITLE": .title, "ARTIST": .artist, "ALBUM": .album, "GENRE": .genre, "COMMENT": .comment, "DATE": .date,
        "COPYRIGHT": .copyright, "ENCODER": .software, "ISRC": .isrc, "BPM": .bpm, "INITIALKEY": .key, "KEY": .key,
    ]
}

/// The values of a tag as a reader comes upon them.
struct TagValues {
    /// Values of one field; nobody has more artists than this.
    private static let mostValues = 16

    private var values: [TagField: [String]] = [:]

    /// Takes over `text`, cleaned, if anything is left of it.
    mutating func add(_ text: String, to field: TagField) {
        guard values[field, default: []].count < Self.mostValues,
            let text = TagText.clean(text, hasLines: field == .comment),
            !values[field, default: []].contains(text)
        else { return }
        values[field, default: []].append(text)
    }

    func has(_ field: TagField) -> Bool { values[field] != nil }

    var metadata: AudioMetadata {
        var metadata = AudioMetadata()
        (metadata.title, metadata.artist, metadata.album) = (first(.title), joined(.artist), first(.album))
        (metadata.genre, metadata.date, metadata.copyright) = (joined(.genre), first(.date), first(.copyright))
        (metadata.software, metadata.isrc, metadata.key) = (first(.software), first(.isrc), first(.key))
        metadata.comment = values[.comment].flatMap {
            TagText.cut($0.joined(separator: "\n"), to: TagText.longestComment)
        }
        metadata.bpm = values[.bpm]?.lazy.compactMap(Self.tempo).first
        return metadata
    }

    private func first(_ field: TagField) -> String? { values[field]?.first }

    private func joined(_ field: TagField) -> String? {
        values[field].flatMap { TagText.cut($0.joined(separator: "; "), to: TagText.longest) }
    }

    /// `128`, `127.98`, `128 BPM`; programs set to some languages write `127,98`.
    private static func tempo(_ text: String) -> Double? {
        let bare = text.uppercased().hasSuffix("BPM") ? TagText.cut(String(text.dropLast(3)), to: 12) ?? "" : text
        let digits = bare.utf8.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
        guard digits.count <= 12, digits.allSatisfy({ $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Double(String(decoding: digits, as: UTF8.self)).flatMap(EmbeddedLoopInfo.sane(bpm:))
    }
}
