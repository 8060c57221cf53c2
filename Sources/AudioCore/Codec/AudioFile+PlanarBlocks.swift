extension AudioFile {
    /// Hands on what is left of the file in blocks of 4,096 frames, channel by channel and mixed; the last block is
    /// shorter. Blocks do not depend on how the decoder portions its output.
    ///
    /// - Throws: as ``forEachBlock(_:)``.
    func forEachPlanarBlock(_ body: (borrowing BlockBuffer) throws -> Void) throws {
        var block = BlockBuffer(channels: stream.channels)
        func hand() throws {
            guard block.mix(limit: .greatestFiniteMagnitude) else {
                throw AudioError.damaged(format: stream.format, reason: "a sample is not a number")
            }
            try body(block)
            block.removeAll()
        }
        try forEachBlock { interleaved in
            guard var source = interleaved.baseAddress else { return }
            var left = interleaved.count / stream.channels
            while left > 0 {
                let taken = block.fill(source, frames: left)
                source += taken * stream.channels
                left -= taken
                if block.isFull { try hand() }
            }
        }
        block.padLastVector()
        if block.count > 0 { try hand() }
    }
}

extension BlockBuffer {
    /// Shows the samples of a channel, or of the mean of all.
    func withSamples<Value>(of channel: Int?, _ body: (Span<Float>) -> Value) -> Value {
        let base = channel.map { planar.base + $0 * Self.length } ?? mono.base
        return body(UnsafeBufferPointer(start: base, count: count).span)
    }
}
