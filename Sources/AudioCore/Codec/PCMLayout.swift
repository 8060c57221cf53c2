/// How one stored sample is to be read.
enum SampleEncoding: Equatable {
    case unsigned8
    /// Two's complement in 1…4 bytes; fewer significant bits are at the upper end.
    case integer(bytes: Int, ByteOrder)
    case float32(ByteOrder)
    case float64(ByteOrder)
    case aLaw
    case muLaw

    var bytesPerSample: Int {
        switch self {
        case .unsigned8, .aLaw, .muLaw: 1
        case .integer(let bytes, _): bytes
        case .float32: 4
        case .float64: 8
        }
    }
}

/// Where the samples of an uncompressed file are and what they mean.
struct PCMLayout {
    let stream: AudioStream
    let encoding: SampleEncoding
    /// First byte of the first sample.
    let start: Int
    /// Whole frames that the file really holds.
    let frames: Int
    /// The header promised more bytes than there are, or a sound of unknown length ends within a frame.
    let isTruncated: Bool
    var embedded: EmbeddedLoopInfo?
    var metadata: AudioMetadata?

    /// - Parameters:
    ///   - claimed: bytes of sound by the header; `nil`: as many as there are.
    init(
        _ stream: AudioStream, _ encoding: SampleEncoding, start: Int, claimed: Int?, fileSize: Int
    ) throws(AudioError) {
        let present = max(0, fileSize - min(start, fileSize))
        (self.stream, self.encoding, self.start) = (stream, encoding, start)
        let frameBytes = encoding.bytesPerSample * stream.channels
        frames = min(claimed ?? present, present) / frameBytes
        isTruncated = claimed.map { $0 > present } ?? !present.isMultiple(of: frameBytes)
        guard frames > 0 else { throw .empty(format: stream.format) }
    }
}
