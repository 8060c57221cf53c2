/// The checked reader of AIFF and AIFF-C headers.
///
/// Only `COMM`, `SSND` and the chunks of loops and metadata are looked at. The number of frames comes from the bytes of
/// `SSND`, never from `COMM`; both chunks may stand in any order; a second `COMM` is refused.
///
/// Source: Apple, Audio Interchange File Format 1.3 (1989) and AIFF-C draft (1991).
struct AIFFHeader {
    private let sampleRate: Int
    private let channels: Int
    private let bitDepth: Int
    private let encoding: SampleEncoding

    static func read(_ file: InputFile, _ limits: DecodeLimits) throws(AudioError) -> PCMLayout {
        let form = try HeaderBytes(file.bytes(at: 0, count: 12), .big)
        let isStreamed = [0, .max].contains(form.u32(at: 4))
        var walk = ChunkWalk(file, .big, .aiff)
        var (header, sound): (AIFFHeader?, Chunk?)
        var sideChunks = SideChunks()
        while header == nil || sound == nil, let chunk = try walk.next() {
            switch chunk.tag {
            case "COMM" where header != nil: throw .damaged(format: .aiff, reason: "two COMM chunks")
            case "COMM": header = try AIFFHeader(walk.head(of: chunk, count: 22), isAIFC: form.tag(at: 8) == "AIFC")
            case "SSND" where sound == nil:
                sound = chunk
                if chunk.claimed == 0 && isStreamed { walk.skip(chunk, size: file.size) }
            default: sideChunks.note(chunk, walk)
            }
        }
        guard let header else { throw .damaged(format: .aiff, reason: "no COMM chunk") }
        guard let sound else { throw .damaged(format: .aiff, reason: "no SSND chunk") }
        try limits.check(sampleRate: header.sampleRate, channels: header.channels)

        // SSND begins with an offset to the first sample and a block size that nobody uses.
        guard let lead = try HeaderBytes(file.bytes(at: sound.start, count: 8), .big).u32(at: 0) else {
            throw .empty(format: .aiff)
        }
        let isUnknown = sound.claimed == Int(UInt32.max) || (sound.claimed == 0 && isStreamed)
        var layout = try PCMLayout(
            AudioStream(
                format: .aiff, sampleRate: header.sampleRate, channels: header.channels, bitDepth: header.bitDepth),
            header.encoding, start: sound.start + 8 + Int(lead),
            claimed: isUnknown ? nil : max(0, sound.claimed - 8 - Int(lead)), fileSize: file.size)
        sideChunks.noteRest(walk)
        layout.embedded = .aiff(sideChunks, frames: layout.frames)
        layout.metadata = .aiff(sideChunks.texts, file, frames: layout.frames)
        return layout
    }

    private init(_ comm: HeaderBytes, isAIFC: Bool) throws(AudioError) {
        guard let channels = comm.u16(at: 0), let bits = comm.u16(at: 6),
            let exponent = comm.u16(at: 8), let mantissa = comm.u64(at: 10)
        else { throw .damaged(format: .aiff, reason: "the COMM chunk is too short") }
        guard let rate = extendedInteger(exponent, mantissa) else {
            throw .damaged(format: .aiff, reason: "the sample rate is no positive number")
        }
        (sampleRate, self.channels) = (rate, Int(channels))
        let codec = isAIFC ? comm.tag(at: 18) : "NONE"
        encoding = try Self.encoding(codec, bits: Int(bits))
        let stored = encoding.bytesPerSample * 8
        bitDepth = if case .integer = encoding { min(Int(bits), stored) } else { stored }
    }

    private static func encoding(_ codec: ChunkTag?, bits: Int) throws(AudioError) -> SampleEncoding {
        switch codec {
        case "NONE", "twos", "sowt":
            guard (8...32).contains(bits) else { throw .unsupported(what: "\(bits)-bit PCM in AIFF") }
            return .integer(bytes: (bits + 7) / 8, codec == "sowt" ? .little : .big)
        case "in24": return .integer(bytes: 3, .big)
        case "in32": return .integer(bytes: 4, .big)
        case "42ni": return .integer(bytes: 3, .little)
        case "23ni": return .integer(bytes: 4, .little)
        case "raw ": return .unsigned8
        case "fl32", "FL32": return .float32(.big)
        case "fl64", "FL64": return .float64(.big)
        case "alaw", "ALAW": return .aLaw
        case "ulaw", "ULAW": return .muLaw
        case "ima4": throw .unsupported(what: "IMA ADPCM in AIFF")
        case "GSM ", "agsm": throw .unsupported(what: "GSM 6.10 in AIFF")
        case "MAC3", "MAC6": throw .unsupported(what: "MACE in AIFF")
        default: throw .unsupported(what: "an unknown AIFF codec")
        }
    }
}

/// The whole number nearest to an 80-bit IEEE 754 extended float, if it is in 1…2^31.
///
/// - Parameters:
///   - exponent: sign and biased exponent.
///   - mantissa: with its explicit leading bit.
private func extendedInteger(_ exponent: UInt16, _ mantissa: UInt64) -> Int? {
    let power = Int(exponent) - 16_383
    guard (0...30).contains(power), mantissa >> 63 == 1 else { return nil }
    let rounded = (mantissa >> UInt64(62 - power)) + 1
    return Int(rounded >> 1)
}
