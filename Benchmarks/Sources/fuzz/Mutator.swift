import SeededRandom

/// Changes a file the way damage and malice do.
struct Mutator {
    private static let mostBytes = 512 << 10
    /// Names that decide how bytes are read.
    private static let tags = [
        "RIFF", "RIFX", "RF64", "WAVE", "fmt ", "data", "ds64", "LIST", "acid", "smpl", "FORM", "AIFF", "AIFC", "COMM",
        "SSND", "INST", "MARK", "basc", "sowt", "fl64", "fLaC", "OggS", "OpusHead", "ID3\u{4}", "TAG", "Xing", "Info",
        "ftyp", "moov", "mdat",
        "INFO", "INAM", "adtl", "labl", "ltxt", "cue ", "bext", "id3 ", "ID3 ", "NAME", "COMT", "TIT2", "COMM", "TXXX",
        "TITLE=", "udta", "meta", "ilst", "data",
    ].map { Array($0.utf8) }

    private let corpus: [[UInt8]]

    init(_ corpus: [[UInt8]]) { self.corpus = corpus }

    /// One to six changes of `seed`, most of them where headers are.
    func mutated(_ seed: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...6, using: &random) where bytes.count > 8 {
            change(&bytes, &random)
        }
        if bytes.count > Self.mostBytes { bytes.removeLast(bytes.count - Self.mostBytes) }
        // Most of the time, so that packets and frames are reached, but not always.
        if Int.random(in: 0..<10, using: &random) < 7 {
            if bytes.starts(with: "OggS".utf8) { Checksums.repairOgg(&bytes) }
            if bytes.starts(with: "fLaC".utf8) { Checksums.repairFLAC(&bytes) }
            if bytes.starts(with: "RFWV".utf8) { Checksums.repairSMP(&bytes) }
        }
        return bytes
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let reach = Bool.random(using: &random) ? min(160, bytes.count) : bytes.count
        let place = Int.random(in: 0..<reach, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0...4: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 5...7: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &random) ?? 0
        case 8...11: overwrite(&bytes, place, with: number(bytes.count, &random))
        case 12, 13: overwrite(&bytes, place, with: Self.tags.randomElement(using: &random) ?? [])
        case 14: bytes.removeLast(Int.random(in: 0..<bytes.count - 4, using: &random))
        case 15: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...64, using: &random)))
        case 16: bytes.insert(contentsOf: part(of: bytes, &random), at: place)
        case 17: bytes.insert(contentsOf: (0..<Int.random(in: 1...64, using: &random)).map { _ in 0 }, at: place)
        case 18: bytes.insert(contentsOf: part(of: corpus.randomElement(using: &random) ?? [], &random), at: place)
        default: overwrite(&bytes, place, with: part(of: corpus.randomElement(using: &random) ?? [], &random))
        }
    }

    /// A number of 16, 32 or 64 bits of the kind that breaks arithmetic, in either order.
    private func number(_ size: Int, _ random: inout SplitMix64) -> [UInt8] {
        let extremes: [UInt64] = [
            0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF7, 0xFFFF_FFFF, .max, .max >> 1,
            UInt64(size), UInt64(size) / 2,
            // Floats: infinity, NaN, the largest, the least.
            0x7F80_0000, 0x7FC0_0001, 0x7F7F_FFFF, 1 << 31 | 1,
        ]
        let value = extremes.randomElement(using: &random) ?? 0
        let bytes = little(value).prefix([2, 4, 8].randomElement(using: &random) ?? 4)
        return Bool.random(using: &random) ? Array(bytes) : bytes.reversed()
    }

    private func part(of bytes: [UInt8], _ random: inout SplitMix64) -> ArraySlice<UInt8> {
        guard !bytes.isEmpty else { return [] }
        let start = Int.random(in: 0..<bytes.count, using: &random)
        return bytes[start..<min(bytes.count, start + Int.random(in: 1...2_000, using: &random))]
    }

    private func overwrite(_ bytes: inout [UInt8], _ place: Int, with part: some Collection<UInt8>) {
        for (index, byte) in zip(place..<bytes.count, part) { bytes[index] = byte }
    }
}
