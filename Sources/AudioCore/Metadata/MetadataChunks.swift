/// Where the chunks of a WAV or AIFF stand that describe the file, noted as a walk passes them.
struct MetadataChunks {
    /// Real files have less than ten.
    private static let most = 100
    private static let tags: Set<ChunkTag> = [
        "LIST", "bext", "cue ", "id3 ", "ID3 ", "NAME", "AUTH", "(c) ", "ANNO", "COMT", "MARK",
    ]

    private var chunks: [Chunk] = []

    mutating func note(_ chunk: Chunk) {
        if chunks.count < Self.most, Self.tags.contains(chunk.tag) { chunks.append(chunk) }
    }

    var isEmpty: Bool { chunks.isEmpty }

    /// The contents of the chunks of these names, in the order of the file.
    func parts(_ tags: ChunkTag..., of input: TagInput) -> [TagRegion] {
        chunks.filter { tags.contains($0.tag) }.map { input.all.part(at: $0.start, count: $0.claimed) }
    }
}
