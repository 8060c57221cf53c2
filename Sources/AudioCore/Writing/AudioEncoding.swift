/// How the samples of a written file are stored.
public enum AudioEncoding: Equatable, Sendable {
    /// RIFF, or RF64 where it would pass 4 GiB.
    case wav(IntegerDepth)
    /// RIFF or RF64 of 32-bit floats: nothing is rounded and nothing clips.
    case wavFloat
    case aiff(IntegerDepth)
    case flac(IntegerDepth)
    /// Ogg Vorbis: `quality` in 0…1, where 0.4 is about 128 kbit/s for stereo at 44.1 kHz, 0.6 about 192.
    case vorbis(quality: Double = 0.6)
    /// Ogg Opus: kilobits per second for all channels together, 6…256 for each.
    case opus(kilobits: Int = 160)
    case mp3(MP3Rate = .constant(kilobits: 256))

    /// Bits of a stored integer.
    public enum IntegerDepth: Int, Sendable, CaseIterable {
        case bits16 = 16
        case bits24 = 24
    }

    /// How many bits MP3 spends.
    public enum MP3Rate: Equatable, Sendable {
        /// A rate of the standard: 64…320 at 44.1 and 48 kHz; lower ones at lower rates.
        case constant(kilobits: Int)
        /// LAME's -V: 0 is best, 9 smallest.
        case variable(quality: Double)
    }
}

extension AudioEncoding {
    /// The container, as it is told again when the file is read.
    public var format: AudioFormat {
        switch self {
        case .wav, .wavFloat: .wav
        case .aiff: .aiff
        case .flac: .flac
        case .vorbis: .ogg
        case .opus: .opus
        case .mp3: .mp3
        }
    }

    /// Whether reading gives other samples than were written, beyond rounding.
    public var isLossy: Bool {
        switch self {
        case .wav, .wavFloat, .aiff, .flac: false
        case .vorbis, .opus, .mp3: true
        }
    }

    /// Bits of a stored integer; `nil` where floats or coefficients are stored.
    public var integerDepth: IntegerDepth? {
        switch self {
        case .wav(let depth), .aiff(let depth), .flac(let depth): depth
        case .wavFloat, .vorbis, .opus, .mp3: nil
        }
    }
}
