/// Where the metadata blocks of a FLAC stand that are read, noted as a walk passes them.
struct FLACMetadata {
    private var comments: Range<Int>?
    private var cueSheet: Range<Int>?

    /// - Parameter type: of the block, 0…127.
    mutating func note(type: UInt32, _ block: Range<Int>) {
        switch type {
        case 4: comments = comments ?? block
        case 5: cueSheet = cueSheet ?? block
        default: break
        }
    }

    /// - Parameter frames: length of the sound, if the header says.
    func read(_ file: InputFile, frames: Int?) -> AudioMetadata? {
        let input = TagInput(file)
        func part(_ block: Range<Int>) -> TagRegion { input.all.part(at: block.lowerBound, count: block.count) }
        var metadata = comments.map { VorbisComment.read(part($0)) } ?? AudioMetadata()
        metadata.markers = cueSheet.map { Self.markers(of: part($0), frames: frames ?? .max) } ?? []
        return metadata.ifAny
    }

    /// The starts of the tracks of a CUESHEET block.
    ///
    /// Source: RFC 9639 §8.7.
    private static func markers(of sheet: TagRegion, frames: Int) -> [CueMarker] {
        let count = sheet.fields(at: 395, count: 1, .big).u8(at: 0) ?? 0
        var markers: [CueMarker] = []
        var offset = 396
        for _ in 0..<count {
            let track = sheet.fields(at: offset, count: 36, .big)
            guard let start = track.u64(at: 0), let number = track.u8(at: 8), let points = track.u8(at: 35) else {
                break
            }
            // The last "track" has no points: it is the end of the disc.
            // Point 0, if there is one, is the pause before the track.
            let first = sheet.fields(at: offset + 36, count: 24, .big)
            let music = first.u8(at: 8) == 0 && points > 1 ? first.u64(at: 12) : first.u64(at: 0)
            if points > 0, let place = music.flatMap(start.adding).flatMap(Int.init(exactly:)), place <= frames {
                markers.append(CueMarker(frame: place, label: "Track \(number)"))
            }
            offset += 36 + 12 * Int(points)
        }
        return CueMarker.ordered(markers)
    }
}
