/// What decoding may cost at most. Checked on what was decoded, never on what a header claims.
public struct DecodeLimits: Sendable, Equatable {
    /// Frames per second.
    public var sampleRates: ClosedRange<Int> = 8_000...384_000
    /// Samples per frame.
    public var channels: ClosedRange<Int> = 1...64
    /// Of the decoded sound.
    public var duration: Duration = .seconds(12 * 3_600)
    /// Decoded bytes (32-bit floats) for each byte of the file, past ``freeBytes``.
    ///
    /// Digital silence is what compresses most: an honest FLAC encoder (blocks of 4,096) reaches about
    /// 2,500:1 in stereo and 4,000:1 in eight channels, Opus and Vorbis about the same. A FLAC bomb
    /// (blocks of 65,535) reaches 49,000:1. MP3 cannot pass 100:1, WAV and AIFF not 4:1.
    public var expansion: Int = 10_000
    /// Decoded bytes that any file may have, however small: 64 MiB, three minutes of stereo silence.
    public var freeBytes: Int = 64 << 20

    /// By the clock, for ``FFmpeg`` to decode a file, the pauses of its reader included.
    public var decoderTime: Duration = .seconds(600)

    /// The limits above.
    public init() {}

    /// Which limit was passed.
    public enum Excess: Equatable, Sendable {
        case sampleRate(Int, allowed: ClosedRange<Int>)
        case channels(Int, allowed: ClosedRange<Int>)
        case duration(allowed: Duration)
        case expansion(allowed: Int)
        case decoderTime(allowed: Duration)
    }
}

extension DecodeLimits {
    func check(sampleRate: Int, channels count: Int) throws(AudioError) {
        guard sampleRates.contains(sampleRate), sampleRate > 0 else {
            throw .limitExceeded(.sampleRate(sampleRate, allowed: sampleRates))
        }
        guard channels.contains(count), count > 0 else {
            throw .limitExceeded(.channels(count, allowed: channels))
        }
    }

    /// Checks `frames` of `stream`, decoded from a file of `fileBytes`.
    func check(frames: Int, of stream: AudioStream, fileBytes: Int) throws(AudioError) {
        let seconds = Int(clamping: duration.components.seconds)
        guard frames <= seconds.multiplied(by: stream.sampleRate) ?? .max else {
            throw .limitExceeded(.duration(allowed: duration))
        }
        let decoded = frames.multiplied(by: stream.channels * MemoryLayout<Float>.size) ?? .max
        guard decoded <= max(freeBytes, fileBytes.multiplied(by: expansion) ?? .max) else {
            throw .limitExceeded(.expansion(allowed: expansion))
        }
    }
}

extension DecodeLimits.Excess: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sampleRate(let rate, let allowed):
            "sample rate \(rate) Hz, allowed \(allowed.lowerBound) to \(allowed.upperBound) Hz"
        case .channels(let count, let allowed):
            "\(count) channels, allowed \(allowed.lowerBound) to \(allowed.upperBound)"
        case .duration(let allowed):
            "more than \(allowed.components.seconds) s of sound"
        case .expansion(let allowed):
            "sound more than \(allowed) times as large as the file"
        case .decoderTime(let allowed):
            "more than \(allowed.components.seconds) s of decoding"
        }
    }
}
