/// Cuts a stream into overlapping frames, keeping only what the next frames need.
///
/// Memory: four frames and the largest block, so that what is left is seldom moved to the front.
struct FrameSlicer: ~Copyable {
    let frameLength: Int
    let hop: Int
    private let buffer: AlignedBuffer
    private var start = 0
    private var end: Int

    /// - Parameters:
    ///   - leadingZeros: silence before the first sample; half a frame centres frame f on sample f·hop.
    ///   - largestBlock: most samples of one push.
    init(frameLength: Int, hop: Int, leadingZeros: Int = 0, largestBlock: Int) {
        (self.frameLength, self.hop, end) = (frameLength, hop, leadingZeros)
        buffer = AlignedBuffer(count: 4 * frameLength + largestBlock)
    }

    /// Appends a block; take every frame with `next()` before the next push.
    mutating func push(_ block: Span<Float>) {
        if end + block.count > buffer.count {
            buffer.base.update(from: buffer.base + start, count: end - start)
            (start, end) = (0, end - start)
        }
        precondition(end + block.count <= buffer.count, "a block is longer than promised, or frames were left")
        block.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { (buffer.base + end).update(from: first, count: source.count) }
        }
        end += block.count
    }

    /// The next complete frame: `frameLength` samples, good until the next push.
    mutating func next() -> UnsafePointer<Float>? {
        guard start + frameLength <= end else { return nil }
        defer { start += hop }
        return UnsafePointer(buffer.base + start)
    }
}
