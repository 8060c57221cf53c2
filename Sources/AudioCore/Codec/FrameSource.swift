/// Something that gives frames front to back: our PCM reader, or the library's decoder.
protocol FrameSource: AnyObject {
    var stream: AudioStream { get }
    /// What the file says about its musical use.
    var embedded: EmbeddedLoopInfo? { get }
    /// What the container says about itself; tags around it are not its business.
    var metadata: AudioMetadata? { get }
    /// Frames at most, counted from the bytes; `nil` where only decoding can tell.
    var mostFrames: Int? { get }
    /// Frames there will be unless somebody cuts the file meanwhile; `nil` where only decoding can tell.
    var exactFrames: Int? { get }
    /// Known to hold less than its header says, or to have ended in the middle. Final after the last frame.
    var isTruncated: Bool { get }
    /// Whether samples can be not finite, or beyond any sensible level.
    var needsRepair: Bool { get }

    /// Decodes up to `frames` frames, interleaved, to `output`.
    ///
    /// - Returns: frames written; 0 only at the end.
    func read(into output: UnsafeMutablePointer<Float>, frames: Int) throws(AudioError) -> Int
}

extension FrameSource {
    var embedded: EmbeddedLoopInfo? { nil }
    var exactFrames: Int? { nil }
}
