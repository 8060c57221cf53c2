extension AudioMetadata {
    /// What a WAV says: an ID3 chunk where there is one, `LIST INFO` for what that leaves open, `bext`, and the
    /// points of `cue ` with the names that `LIST adtl` gives them.
    ///
    /// - Parameter frames: length of the sound; markers beyond it are left out.
    ///
    /// Source: Multimedia Programming Interface and Data Specifications 1.0 (1991), chapter 3.
    static func wav(_ chunks: MetadataChunks, _ file: InputFile, _ order: ByteOrder, frames: Int) -> AudioMetadata? {
        guard !chunks.isEmpty else { return nil }
        let input = TagInput(file)
        var lists = RIFFLists(order)
        for list in chunks.parts("LIST", of: input) { lists.read(list) }
        var metadata = AudioMetadata()
        for tag in chunks.parts("id3 ", "ID3 ", of: input) { metadata = metadata.filled(from: ID3Reader.read(tag)) }
        metadata = metadata.filled(from: lists.values.metadata)
        metadata.broadcast = chunks.parts("bext", of: input).lazy.compactMap { BroadcastExtension($0, order) }.first
        if let cue = chunks.parts("cue ", of: input).first { metadata.markers = lists.markers(of: cue, frames: frames) }
        return metadata.ifAny
    }
}

/// The lists of a WAV: texts about the whole, and names of its cue points.
private struct RIFFLists {
    private(set) var values = TagValues()

    private let order: ByteOrder
    private var labels: [UInt32: String] = [:]
    private var notes: [UInt32: String] = [:]
    /// Frames that a cue point covers.
    private var lengths: [UInt32: UInt32] = [:]

    /// Entries looked at in one list.
    private static let mostEntries = 4 * CueMarker.most
    private static let fields: [ChunkTag: TagField] = [
        "INAM": .title, "IART": .artist, "IPRD": .album, "IGNR": .genre, "ICMT": .comment, "ICRD": .date,
        "ICOP": .copyright, "ISFT": .software,
    ]

    init(_ order: ByteOrder) { self.order = order }

    mutating func read(_ list: TagRegion) {
        let kind = list.fields(at: 0, count: 4, order).tag(at: 0)
        guard kind == "INFO" || kind == "adtl" else { return }
        var offset = 4
        for _ in 0..<Self.mostEntries {
            let head = list.fields(at: offset, count: 8, order)
            guard let tag = head.tag(at: 0), let size = head.u32(at: 4) else { return }
            let entry = list.part(at: offset + 8, count: Int(size))
            if kind == "INFO" {
                if let field = Self.fields[tag] { values.add(entry.text(), to: field) }
            } else {
                describeCue(tag, entry)
            }
            offset += 8 + Int(size) + Int(size & 1)
        }
    }

    private mutating func describeCue(_ tag: ChunkTag, _ entry: TagRegion) {
        let fields = entry.fields(at: 0, count: 8, order)
        guard let cue = fields.u32(at: 0), labels.count + notes.count + lengths.count < Self.mostEntries else { return }
        switch tag {
        case "labl": labels[cue] = labels[cue] ?? TagText.clean(entry.text(at: 4))
        case "note": notes[cue] = notes[cue] ?? TagText.clean(entry.text(at: 4), hasLines: true)
        case "ltxt":
            lengths[cue] = lengths[cue] ?? fields.u32(at: 4)
            // Behind the length: purpose, country, language, dialect and code page.
            labels[cue] = labels[cue] ?? TagText.clean(entry.text(at: 20))
        default: break
        }
    }

    /// - Parameter cue: a count, then 24 bytes for each point.
    mutating func markers(of cue: TagRegion, frames: Int) -> [CueMarker] {
        let count = cue.fields(at: 0, count: 4, order).u32(at: 0) ?? 0
        var markers: [CueMarker] = []
        for index in 0..<min(Int(count), CueMarker.most) {
            let point = cue.fields(at: 4 + 24 * index, count: 24, order)
            // Of the places a point has, the last one is that in the sound.
            guard let id = point.u32(at: 0), let place = point.u32(at: 20) else { break }
            guard place <= frames else { continue }
            // Numbers are unique; were they not, a thousand points could repeat one long note.
            let (label, note) = (labels.removeValue(forKey: id), notes.removeValue(forKey: id))
            let length = lengths[id].flatMap { $0 > 0 && Int($0) <= frames - Int(place) ? Int($0) : nil }
            markers.append(CueMarker(frame: Int(place), length: length, label: label, note: note))
        }
        return CueMarker.ordered(markers)
    }
}
