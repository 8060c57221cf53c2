extension AudioFile {
    /// Frames of a block.
    static let blockFrames = 16_384

    /// Hands on what is left of the file, interleaved, in blocks of at most 16,384 frames.
    ///
    /// - Throws: as ``read(into:)``, what `body` throws, and `CancellationError` when the task is cancelled: it is
    ///   asked between blocks.
    public func forEachBlock(_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws {
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: Self.blockFrames * stream.channels)
        defer { buffer.deallocate() }
        while true {
            try Task.checkCancellation()
            let frames = try read(into: buffer)
            if frames == 0 { return }
            try body(UnsafeBufferPointer(rebasing: buffer[..<(frames * stream.channels)]))
        }
    }
}
