/// What our own look at a file for ``FFmpeg`` found.
struct ContainerCheck {
    /// It ends in the middle of something.
    let isTruncated: Bool
    var metadata: AudioMetadata?
}

/// Checks the outermost boxes of an MPEG-4 file; what they hold, but for words, is left to the decoder.
///
/// Source: ISO/IEC 14496-12 (2015), sections 4.2 and 4.3.
enum MP4Header {
    /// Real files have less than ten, fragmented ones some for every few seconds.
    private static let mostBoxes = 100_000

    static func read(_ file: InputFile) throws(AudioError) -> ContainerCheck {
        var window = FileWindow(file)
        var (offset, index) = (0, Range<Int>?.none)
        for _ in 0..<mostBoxes {
            guard let head = try window.bytes(at: offset, count: 8) else { break }
            let box = HeaderBytes(Array(head), .big)
            guard let size = try size(of: box, at: offset, &window), let end = offset.adding(size) else {
                throw .damaged(format: .m4a, reason: "a box without a legal size")
            }
            // Behind the size and the name; of a size of 64 bits nothing is read.
            if index == nil, box.has("moov", at: 4) { index = min(offset + 8, end)..<end }
            offset = end
        }
        guard let index else { throw .damaged(format: .m4a, reason: "no moov box: its recording was broken off") }
        let moov = TagInput(file).all.part(at: index.lowerBound, count: index.count)
        return ContainerCheck(isTruncated: offset > file.size, metadata: MP4Metadata.read(moov))
    }

    /// Bytes of the box at `offset`, its header included; `nil` for a size that is none.
    private static func size(
        of box: HeaderBytes, at offset: Int, _ window: inout FileWindow
    ) throws(AudioError) -> Int? {
        switch box.u32(at: 0) {
        case 0: return window.size - offset
        case 1:
            let long = try window.bytes(at: offset.adding(8) ?? .max, count: 8)
            let size = long.flatMap { HeaderBytes(Array($0), .big).u64(at: 0) }.flatMap(Int.init(exactly:))
            return size.flatMap { $0 >= 16 ? $0 : nil }
        case let size?: return size >= 8 ? Int(size) : nil
        case nil: return nil
        }
    }

    /// Whether `head` begins with a `ftyp` box that names a brand of MPEG-4 or QuickTime; many other formats,
    /// pictures among them, are made of the same boxes.
    static func hasKnownBrand(_ head: HeaderBytes) -> Bool {
        guard head.has("ftyp", at: 4), let size = head.u32(at: 0), (16...1_024).contains(size) else { return false }
        // The major brand, its version, then compatible brands.
        return stride(from: 8, to: Int(size), by: 4).contains { place in
            place != 12 && head.tag(at: place).map(brands.contains) ?? false
        }
    }

    private static let brands: Set<ChunkTag> = [
        "M4A ", "M4B ", "mp41", "mp42", "isom", "iso2", "iso4", "iso5", "iso6", "dash", "qt  ", "3gp4", "3gp5",
        "3gp6",
    ]
}
