extension AudioEncoding {
    /// The WAV that holds a source's samples as they are: 16 bits up to that depth, then 24, then floats.
    ///
    /// Integers of more than 24 bits and doubles were rounded to floats when they were read. Compressed sources, which
    /// have no depth, get 24 bits.
    public static func keeping(_ stream: AudioStream) -> AudioEncoding {
        switch stream.bitDepth ?? 24 {
        case ...16: .wav(.bits16)
        case ...24: .wav(.bits24)
        default: .wavFloat
        }
    }
}

extension AudioFormat {
    /// What its files are called, without the dot.
    var fileExtension: String { self == .aiff ? "aif" : rawValue }
}
