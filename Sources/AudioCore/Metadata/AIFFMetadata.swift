extension AudioMetadata {
    /// What an AIFF says: an ID3 chunk where there is one, and for what that leaves open `NAME`, `AUTH`, `(c) `,
    /// `ANNO` and `COMT`; the points of `MARK`.
    ///
    /// - Parameter frames: length of the sound; markers beyond it are left out.
    ///
    /// Source: Apple, Audio Interchange File Format 1.3 (1989).
    static func aiff(_ chunks: MetadataChunks, _ file: InputFile, frames: Int) -> AudioMetadata? {
        guard !chunks.isEmpty else { return nil }
        let input = TagInput(file)
        var values = TagValues()
        let fields: [(ChunkTag, TagField)] = [
            ("NAME", .title), ("AUTH", .artist), ("(c) ", .copyright), ("ANNO", .comment),
        ]
        for (tag, field) in fields {
            for text in chunks.parts(tag, of: input) { values.add(text.text(), to: field) }
        }
        let comments = chunks.parts("COMT", of: input).first.map(AIFFComments.init)
        for text in comments?.ofFile ?? [] { values.add(text, to: .comment) }
        var metadata = AudioMetadata()
        for tag in chunks.parts("ID3 ", "id3 ", of: input) { metadata = metadata.filled(from: ID3Reader.read(tag)) }
        metadata = metadata.filled(from: values.metadata)
        metadata.markers =
            chunks.parts("MARK", of: input).first.map {
                markers(of: $0, notes: comments?.ofMarkers ?? [:], frames: frames)
            } ?? []
        return metadata.ifAny
    }

    /// - Parameter chunk: a count, then for each its number, its place and its name.
    private static func markers(of chunk: TagRegion, notes: [UInt16: String], frames: Int) -> [CueMarker] {
        let count = chunk.fields(at: 0, count: 2, .big).u16(at: 0) ?? 0
        var (markers, notes) = ([CueMarker](), notes)
        var offset = 2
        for _ in 0..<min(Int(count), CueMarker.most) {
            let head = chunk.fields(at: offset, count: 7, .big)
            guard let id = head.u16(at: 0), let place = head.u32(at: 2), let length = head.u8(at: 6) else { break }
            if place <= frames {
                let name = chunk.part(at: offset + 7, count: Int(length))
                let note = notes.removeValue(forKey: id)
                markers.append(CueMarker(frame: Int(place), label: TagText.clean(name.text()), note: note))
            }
            // The name and its length fill an even number of bytes.
            offset += 6 + (Int(length) + 2) / 2 * 2
        }
        return CueMarker.ordered(markers)
    }
}

/// The `COMT` chunk: dated comments on the file or on a marker.
private struct AIFFComments {
    private(set) var ofFile: [String] = []
    private(set) var ofMarkers: [UInt16: String] = [:]

    init(_ chunk: TagRegion) {
        let count = chunk.fields(at: 0, count: 2, .big).u16(at: 0) ?? 0
        var offset = 2
        for _ in 0..<min(Int(count), CueMarker.most) {
            // A time stamp, the marker or 0, the length of the text.
            let head = chunk.fields(at: offset, count: 8, .big)
            guard let marker = head.u16(at: 4), let length = head.u16(at: 6) else { return }
            let text = chunk.part(at: offset + 8, count: Int(length)).text()
            if marker == 0 {
                ofFile.append(text)
            } else {
                ofMarkers[marker] = ofMarkers[marker] ?? TagText.clean(text, hasLines: true)
            }
            offset += 8 + Int(length) + Int(length & 1)
        }
    }
}
