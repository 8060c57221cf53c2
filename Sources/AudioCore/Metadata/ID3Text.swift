/// Gathers the texts of ID3v2 frames.
struct ID3Text {
    private var values = TagValues()
    /// Texts under a name of the user's, and comments on something in particular: second to frames of their own.
    private var others = TagValues()
    private var year: String?
    private var dayAndMonth: String?

    /// Three-letter names are those of ID3v2.2.
    private static let fields: [ChunkTag: TagField] = [
        "TIT2": .title, "TPE1": .artist, "TALB": .album, "TCON": .genre, "TDRC": .date, "TCOP": .copyright,
        "TSSE": .software, "TSRC": .isrc, "TBPM": .bpm, "TKEY": .key,
        "TT2": .title, "TP1": .artist, "TAL": .album, "TCO": .genre, "TCR": .copyright, "TSS": .software,
        "TRC": .isrc, "TBP": .bpm, "TKE": .key,
    ]
    private static let special: Set<ChunkTag> = [
        "COMM", "COM", "TXXX", "TXX", "TYER", "TYE", "TDAT", "TDA", "TENC", "TEN",
    ]

    func wants(_ name: ChunkTag) -> Bool { Self.fields[name] != nil || Self.special.contains(name) }

    /// - Parameter content: of the frame: an encoding, then text.
    mutating func read(_ name: ChunkTag, _ content: [UInt8]) {
        guard let encoding = content.first.flatMap(ID3Encoding.init(rawValue:)) else { return }
        let text = content.dropFirst()
        switch name {
        case "COMM", "COM":
            // Behind a language of three letters.
            let parts = encoding.split(text.dropFirst(3), most: 2)
            guard parts.count == 2 else { return }
            // iTunes keeps numbers of its own there.
            if parts[0].isEmpty {
                values.add(parts[1], to: .comment)
            } else if !parts[0].hasPrefix("iTun"), !others.has(.comment) {
                others.add(parts[1], to: .comment)
            }
        case "TXXX", "TXX":
            let parts = encoding.split(text, most: 2)
            if parts.count == 2, let field = TagField(name: parts[0].utf8) { others.add(parts[1], to: field) }
        case "TYER", "TYE": year = year ?? encoding.split(text, most: 1).first
        case "TDAT", "TDA": dayAndMonth = dayAndMonth ?? encoding.split(text, most: 1).first
        case "TENC", "TEN": others.add(encoding.split(text, most: 1).first ?? "", to: .software)
        default:
            guard let field = Self.fields[name] else { return }
            for value in encoding.split(text, most: 16) {
                for value in field == .genre ? ID3Genre.names(value) : [value] { values.add(value, to: field) }
            }
        }
    }

    var metadata: AudioMetadata {
        var all = self
        if let year { all.others.add(date(year), to: .date) }
        return all.values.metadata.filled(from: all.others.metadata)
    }

    /// Before 2.4 the year stands in one frame, `DDMM` in another.
    private func date(_ year: String) -> String {
        guard let dayAndMonth, year.utf8.count == 4, dayAndMonth.utf8.count == 4,
            (year + dayAndMonth).utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return year }
        return "\(year)-\(dayAndMonth.suffix(2))-\(dayAndMonth.prefix(2))"
    }
}

/// How a frame says its text is encoded.
enum ID3Encoding: UInt8 {
    case latin1, utf16, utf16Big, utf8

    /// The strings of `bytes`, which NULs part, empty ones too.
    ///
    /// - Parameter most: strings; the last one ends at its NUL as well.
    func split(_ bytes: ArraySlice<UInt8>, most: Int) -> [String] {
        let width = self == .utf16 || self == .utf16Big ? 2 : 1
        // A byte order mark holds for all of them; without any it is as Windows programs leave it.
        let order: ByteOrder = self == .utf16Big || bytes.starts(with: [0xFE, 0xFF]) ? .big : .little
        var (parts, start, place) = ([String](), bytes.startIndex, bytes.startIndex)
        while place + width <= bytes.endIndex, parts.count < most {
            let isEnd = bytes[place..<place + width].allSatisfy { $0 == 0 }
            if isEnd {
                parts.append(string(bytes[start..<place], order))
                start = place + width
            }
            place += width
        }
        // The last string need not have a NUL.
        if parts.count < most, start < bytes.endIndex { parts.append(string(bytes[start...], order)) }
        return parts
    }

    private func string(_ bytes: ArraySlice<UInt8>, _ order: ByteOrder) -> String {
        switch self {
        case .latin1: TagText.western(bytes)
        case .utf16, .utf16Big: TagText.utf16(bytes, or: order)
        case .utf8: TagText.utf8OrWestern(bytes)
        }
    }
}
