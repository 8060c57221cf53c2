/// What our own look at a compressed file found: the parts a decoder may see.
struct CheckedInput {
    /// By the header; the decoder must agree.
    let stream: AudioStream
    let parts: [VirtualFile.Part]
    /// No honest decoder gives more frames than this; `nil` where only decoding can tell.
    var mostFrames: Int?
    /// Frames the header promises; `nil` where it says nothing. Compared at the end, never believed.
    var claimedFrames: Int?
    var isTruncated = false
    var metadata: AudioMetadata?
}
