/// What the header of an audio file says, after checking.
public struct AudioStream: Sendable, Equatable {
    /// Told by content.
    public let format: AudioFormat
    /// Frames per second, within ``DecodeLimits/sampleRates``.
    public let sampleRate: Int
    /// Samples per frame, within ``DecodeLimits/channels``.
    public let channels: Int
    /// Significant bits of one stored sample: integer PCM and FLAC 4…32, float 32 or 64, A-law and
    /// mu-law 8. `nil` for MP3, Vorbis, Opus and AAC, which store none, and for all of M4A.
    public let bitDepth: Int?
    /// Which loudspeaker each channel is for: `dwChannelMask` of a WAVE_FORMAT_EXTENSIBLE header.
    public let channelMask: UInt32?

    public init(
        format: AudioFormat, sampleRate: Int, channels: Int, bitDepth: Int?, channelMask: UInt32? = nil
    ) {
        (self.format, self.sampleRate, self.channels) = (format, sampleRate, channels)
        (self.bitDepth, self.channelMask) = (bitDepth, channelMask)
    }
}
