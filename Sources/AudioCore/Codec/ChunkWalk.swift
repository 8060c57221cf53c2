/// One chunk of a RIFF or FORM file.
struct Chunk {
    let tag: ChunkTag
    /// Where its content begins.
    let start: Int
    /// Bytes, as the chunk says.
    let claimed: Int
}

/// Walks the chunks of a RIFF or FORM file front to back, believing no size.
struct ChunkWalk {
    /// Real files have tens of chunks; a walk through more is work made for us.
    private static let mostChunks = 10_000

    let file: InputFile
    let order: ByteOrder
    let format: AudioFormat
    /// Where the next chunk begins.
    private var offset = 12
    private var count = 0

    init(_ file: InputFile, _ order: ByteOrder, _ format: AudioFormat) {
        (self.file, self.order, self.format) = (file, order, format)
    }

    /// The next chunk whose header lies in the file, or `nil` at the end.
    mutating func next() throws(AudioError) -> Chunk? {
        guard offset < file.size else { return nil }
        let header = try HeaderBytes(file.bytes(at: offset, count: 8), order)
        guard let tag = header.tag(at: 0), let size = header.u32(at: 4) else { return nil }
        count += 1
        guard count <= Self.mostChunks else {
            throw .damaged(format: format, reason: "more than \(Self.mostChunks) chunks")
        }
        let chunk = Chunk(tag: tag, start: offset + 8, claimed: Int(size))
        skip(chunk, size: chunk.claimed)
        return chunk
    }

    /// Goes on behind `chunk`, whose true size is `size`.
    mutating func skip(_ chunk: Chunk, size: Int) {
        // Chunks begin at even places. A size beyond every file ends the walk.
        offset = chunk.start.adding(size).flatMap { $0.adding($0 & 1) } ?? .max
    }

    /// The first `count` bytes of `chunk`, as far as chunk and file have them.
    func head(of chunk: Chunk, count: Int) throws(AudioError) -> HeaderBytes {
        try HeaderBytes(file.bytes(at: chunk.start, count: min(count, chunk.claimed)), order)
    }
}
