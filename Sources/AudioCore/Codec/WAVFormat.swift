/// The `fmt ` chunk of a WAV file: which codec, how many channels, how fast.
struct WAVFormat {
    let channels: Int
    let sampleRate: Int
    let encoding: SampleEncoding
    private let bitDepth: Int
    private let channelMask: UInt32?

    /// - Parameter fmt: the first 40 bytes of the chunk, or as many as it has.
    init(_ fmt: HeaderBytes, _ order: ByteOrder) throws(AudioError) {
        guard let tag = fmt.u16(at: 0), let channels = fmt.u16(at: 2), let rate = fmt.u32(at: 4),
            let blockAlign = fmt.u16(at: 12), let bits = fmt.u16(at: 14)
        else { throw .damaged(format: .wav, reason: "the fmt chunk is too short") }
        (self.channels, sampleRate) = (Int(channels), Int(rate))

        let codec = tag == 0xFFFE ? try Self.extensibleCodec(fmt) : tag
        encoding = try Self.encoding(
            codec: codec, bits: Int(bits), frameBytes: Int(blockAlign), channels: Int(channels), order)
        channelMask = tag == 0xFFFE ? fmt.u32(at: 20) : nil
        // Valid bits outside the container's are nonsense that changes no sample.
        let valid = tag == 0xFFFE ? fmt.u16(at: 18).map(Int.init) ?? 0 : 0
        bitDepth = valid >= 8 && valid <= Int(bits) ? valid : Int(bits)
    }

    var stream: AudioStream {
        AudioStream(
            format: .wav, sampleRate: sampleRate, channels: channels, bitDepth: bitDepth, channelMask: channelMask)
    }

    /// WAVE_FORMAT_EXTENSIBLE: the codec is the first field of a GUID with a fixed rest.
    private static func extensibleCodec(_ fmt: HeaderBytes) throws(AudioError) -> UInt16 {
        let media: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        let ambisonic: [UInt8] = [0, 0, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0]
        guard let codec = fmt.u16(at: 24), let rest = fmt.slice(26..<40) else {
            throw .damaged(format: .wav, reason: "the extensible fmt chunk is too short")
        }
        guard rest.elementsEqual(media) || rest.elementsEqual(ambisonic) else {
            throw .unsupported(what: "a WAV with an unknown codec GUID")
        }
        return codec
    }

    private static func encoding(
        codec: UInt16, bits: Int, frameBytes: Int, channels: Int, _ order: ByteOrder
    ) throws(AudioError) -> SampleEncoding {
        switch (codec, bits) {
        case (1, 8): return .unsigned8
        // The block size is often wrong; it is believed only for 24 bits kept in 32.
        case (1, 17...24) where frameBytes == 4 * channels: return .integer(bytes: 4, order)
        case (1, 9...32): return .integer(bytes: (bits + 7) / 8, order)
        case (3, 32): return .float32(order)
        case (3, 64): return .float64(order)
        case (6, 8): return .aLaw
        case (7, 8): return .muLaw
        case (1, _): throw .unsupported(what: "\(bits)-bit PCM in WAV")
        case (3, _): throw .unsupported(what: "\(bits)-bit floating point in WAV")
        case (6, _), (7, _): throw .unsupported(what: "\(bits)-bit companded sound in WAV")
        default: throw .unsupported(what: "\(name(codec)) in WAV")
        }
    }

    private static func name(_ codec: UInt16) -> String {
        switch codec {
        case 0x02: "Microsoft ADPCM"
        case 0x11: "IMA ADPCM"
        case 0x14, 0x40, 0x45, 0x64, 0x65: "G.72x ADPCM"
        case 0x31: "GSM 6.10"
        case 0x50: "MPEG layer II"
        case 0x55: "MP3"
        case 0x92, 0x2000: "AC-3"
        case 0x161, 0x162, 0x163: "Windows Media Audio"
        case 0x674F...0x6771: "Vorbis"
        default: "codec 0x\(String(codec, radix: 16))"
        }
    }
}
