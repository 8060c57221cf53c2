/// What was done to a sound, and how loud it is now.
public struct Normalization: Equatable, Sendable {
    public struct Level: Equatable, Sendable {
        /// Integrated, LUFS; `nil` below −70 LUFS and for less than 400 ms.
        public var loudness: Double?
        /// dBTP; `nil` for silence.
        public var truePeak: Double?

        init(_ level: SoundLevel, gain: Double = 0) {
            (loudness, truePeak) = (level.loudness(gain: gain), level.peakLevel.map { $0 + gain })
        }
    }

    /// Of the source, at the rate of the output.
    public let before: Level
    /// Of the output; of a lossy one, after decoding it again.
    public let after: Level
    /// Of every frame, dB, before the limiter.
    public let gain: Double
    /// Of any frame by the limiter, dB, 0 or more.
    public let largestReduction: Double
    /// LU below the target, where the ceiling or the limiter's 12 dB do not allow more; 0 if it was reached.
    public let missing: Double
    public let sampleRate: Int
    public let channels: Int
    public let frames: Int
    /// Whether the source ends early; what is there was written.
    public let isTruncated: Bool
}
