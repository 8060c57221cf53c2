/// The checked reader of WAV headers: RIFF, big-endian RIFX, and RF64 or BW64 beyond 4 GiB.
///
/// Only `fmt `, `data`, `ds64`, the sizes inside `LIST`, and `acid` and `smpl` are looked at here; chunks with text
/// are read by ``AudioMetadata``, and libsndfile never sees a WAV (its own walk can loop for ever).
///
/// Policy where files disagree: the first `data` chunk counts; two `fmt ` chunks before it are
/// refused; a `data` size of 0 is believed unless the RIFF size is unknown too; unknown (all ones, or a
/// stream's zeros) means to the end of the file; a half frame at the end is dropped.
///
/// Source: Multimedia Programming Interface and Data Specifications 1.0 (1991); EBU Tech 3306 (RF64);
/// ITU-R BS.2088 (BW64).
struct WAVHeader {
    private let file: InputFile
    private let order: ByteOrder
    private let limits: DecodeLimits
    /// All ones or zero: the writer could not go back to fill sizes in.
    private let isStreamed: Bool

    static func read(_ file: InputFile, _ limits: DecodeLimits) throws(AudioError) -> PCMLayout {
        let magic = try HeaderBytes(file.bytes(at: 0, count: 12), .little)
        return try WAVHeader(
            file: file, order: magic.tag(at: 0) == "RIFX" ? .big : .little, limits: limits,
            isStreamed: [0, .max].contains(magic.u32(at: 4))
        ).layout()
    }

    private func layout() throws(AudioError) -> PCMLayout {
        var walk = ChunkWalk(file, order, .wav)
        var (format, data): (WAVFormat?, (chunk: Chunk, size: Int?)?)
        var longSize: UInt64?
        var sideChunks = SideChunks()
        while format == nil || data == nil, let chunk = try walk.next() {
            switch chunk.tag {
            case "ds64":
                longSize = try walk.head(of: chunk, count: 28).u64(at: 8)
            case "fmt " where format != nil:
                throw .damaged(format: .wav, reason: "two fmt chunks")
            case "fmt ":
                format = try WAVFormat(walk.head(of: chunk, count: 40), order)
            case "data" where data == nil:
                let size = size(ofData: chunk, longSize)
                data = (chunk, size)
                walk.skip(chunk, size: size ?? file.size)
            case "LIST":
                try checkList(chunk)
                sideChunks.note(chunk, walk)
            default: sideChunks.note(chunk, walk)
            }
        }
        guard let format else { throw .damaged(format: .wav, reason: "no fmt chunk") }
        guard let data else { throw .damaged(format: .wav, reason: "no data chunk") }
        try limits.check(sampleRate: format.sampleRate, channels: format.channels)
        var layout = try PCMLayout(
            format.stream, format.encoding, start: data.chunk.start, claimed: data.size, fileSize: file.size)
        sideChunks.noteRest(walk)
        layout.embedded = .wav(sideChunks, frames: layout.frames)
        layout.metadata = .wav(sideChunks.texts, file, order, frames: layout.frames)
        return layout
    }

    /// Bytes of sound by the headers; `nil` where they do not say.
    private func size(ofData chunk: Chunk, _ longSize: UInt64?) -> Int? {
        switch chunk.claimed {
        case Int(UInt32.max): longSize.flatMap { Int(exactly: $0) }
        case 0 where isStreamed: nil
        default: chunk.claimed
        }
    }

    /// Refuses a list with an entry that no file of this size could hold: nobody writes that by accident.
    private func checkList(_ list: Chunk) throws(AudioError) {
        var (offset, count) = (4, 0)
        while offset <= list.claimed - 8, count < 1_000 {
            let entry = try HeaderBytes(file.bytes(at: list.start + offset, count: 8), order)
            guard let size = entry.u32(at: 4) else { return }
            guard Int(size) <= file.size else {
                throw .damaged(format: .wav, reason: "a list entry larger than the file")
            }
            offset += 8 + Int(size) + Int(size & 1)
            count += 1
        }
    }
}
