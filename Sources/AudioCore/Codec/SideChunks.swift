/// Chunks beside the sound, gathered as a walk passes them: the beginnings of those that tell its musical use, and
/// the places of those that describe it.
///
/// They are hints: a chunk that cannot be read is as good as absent and never an error.
struct SideChunks {
    /// Bytes kept of a chunk: 16 loops of `smpl` and some hundred markers fit.
    private static let mostBytes = 4_096
    /// Chunks looked at behind the sound.
    private static let mostBehind = 1_000
    private static let tags: Set<ChunkTag> = ["acid", "smpl", "basc", "INST", "MARK"]

    private var contents: [ChunkTag: HeaderBytes] = [:]
    private(set) var texts = MetadataChunks()

    /// The beginning of the first chunk of that name.
    subscript(tag: ChunkTag) -> HeaderBytes? { contents[tag] }

    /// Keeps `chunk` if it is one of them.
    mutating func note(_ chunk: Chunk, _ walk: ChunkWalk) {
        texts.note(chunk)
        guard Self.tags.contains(chunk.tag), contents[chunk.tag] == nil else { return }
        contents[chunk.tag] = try? walk.head(of: chunk, count: Self.mostBytes)
    }

    /// Walks on behind the sound, where many programs put what they add.
    mutating func noteRest(_ walk: consuming ChunkWalk) {
        var count = 0
        while count < Self.mostBehind, let chunk = try? walk.next() {
            note(chunk, walk)
            count += 1
        }
    }
}
