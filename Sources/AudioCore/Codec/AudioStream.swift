/// What the header of an audio file says, after checking.
public struct AudioStream: Sendable, Equatable {
    public let format: AudioFormat
    /// Frames per second, 8,000…384,000 Hz.
    public let sampleRate: Int
    /// 1…64.
    public let channels: Int
    /// Bits of one stored sample, where the format has such a thing (PCM).
    public let bitDepth: Int?

    public init(format: AudioFormat, sampleRate: Int, channels: Int, bitDepth: Int?) {
        (self.format, self.sampleRate, self.channels, self.bitDepth) = (format, sampleRate, channels, bitDepth)
    }
}
