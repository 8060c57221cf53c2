/// How sounds are converted for a card.
public struct CardOptions: Sendable {
    /// Adds silence to sounds shorter than 0.1 s, which are refused otherwise.
    public var lengthensShort = false
    /// Reads M4A and AAC, if given.
    public var ffmpeg: FFmpeg?
    /// What decoding a sound may take.
    public var limits = DecodeLimits()

    public init() {}
}
