import CSndFile

/// What libsndfile calls an encoding, and how large its files may grow.
struct EncoderFormat {
    let code: CInt
    /// Bytes of samples, for formats that count them in 32 bits.
    let mostBytes: Int?
    var isRF64: Bool { code & CInt(SF_FORMAT_TYPEMASK) == CInt(SF_FORMAT_RF64) }

    /// 4 GiB less 1 MiB for what stands around the samples.
    private static let most = (1 << 32) - (1 << 20)

    /// - Parameter frames: how many will be written, if known.
    init(_ encoding: AudioEncoding, channels: Int, expectedFrames frames: Int?, frameBytes: Int) {
        let needsRF64 = frames.map { $0 > Self.most / frameBytes } ?? false
        // More than two channels need the header that tells their places.
        let wav = needsRF64 ? SF_FORMAT_RF64 : channels > 2 ? SF_FORMAT_WAVEX : SF_FORMAT_WAV
        let (major, minor) =
            switch encoding {
            case .wav(let depth): (wav, Self.code(depth))
            case .wavFloat: (wav, SF_FORMAT_FLOAT)
            case .aiff(let depth): (SF_FORMAT_AIFF, Self.code(depth))
            case .flac(let depth): (SF_FORMAT_FLAC, Self.code(depth))
            case .vorbis: (SF_FORMAT_OGG, SF_FORMAT_VORBIS)
            case .opus: (SF_FORMAT_OGG, SF_FORMAT_OPUS)
            case .mp3: (SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III)
            }
        code = CInt(major) | CInt(minor)
        mostBytes = encoding.format == .aiff || (encoding.format == .wav && !needsRF64) ? Self.most : nil
    }

    private static func code(_ depth: AudioEncoding.IntegerDepth) -> Int {
        switch depth {
        case .bits16: SF_FORMAT_PCM_16
        case .bits24: SF_FORMAT_PCM_24
        }
    }
}
