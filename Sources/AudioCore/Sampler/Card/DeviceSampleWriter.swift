/// Writes a sampler's own kind of sample file: 512 bytes of head, then 16-bit samples, interleaved.
///
/// Sounds of more bits are dithered; what is 16 bits at the device's rate already is passed on bit for bit.
struct DeviceSampleWriter {
    /// Bytes of the head, in SMP files and in the WAV files of an SP-404SX.
    static let headSize = 512
    /// Of each sample.
    let order: ByteOrder
    /// Of the finished file: channels and frames in, ``headSize`` bytes out.
    let head: (_ channels: Int, _ frames: Int) throws -> [UInt8]

    /// - Parameter path: where nothing is yet.
    func write(_ sound: DeviceSound, to path: String) throws -> CardSample {
        let file = try OutputFile(path: path, replaces: false)
        put(Array(repeating: 0, count: Self.headSize), to: file)
        var quantizer = Quantizer(.bits16, dithers: true)
        var (integers, bytes): ([Int32], [UInt8]) = ([], [])
        let (frames, added) = try sound.forEachBlock { block in
            if integers.count < block.count {
                integers = Array(repeating: 0, count: block.count)
                bytes = Array(repeating: 0, count: 2 * block.count)
            }
            quantizer.quantize(block, to: &integers)
            pack(integers[..<block.count], to: &bytes)
            put(bytes[..<(2 * block.count)], to: file)
        }
        _ = file.seek(to: 0)
        try put(head(sound.stream.channels, frames), to: file)
        try file.publish()
        return CardSample(
            sourceRate: sound.stream.sampleRate, channels: sound.stream.channels, frames: frames,
            clippedSamples: quantizer.clipped, addedFrames: added, isTruncated: sound.faults.isTruncated,
            repairedSamples: sound.faults.repairedSamples)
    }

    /// Failures are kept by the file, and thrown when it is published.
    private func put(_ bytes: some Collection<UInt8>, to file: OutputFile) {
        _ = Array(bytes).withUnsafeBytes { file.write($0) }
    }

    /// The upper halves of `integers`.
    private func pack(_ integers: ArraySlice<Int32>, to bytes: inout [UInt8]) {
        let (high, low) = order == .big ? (0, 1) : (1, 0)
        for (index, integer) in integers.enumerated() {
            bytes[2 * index + high] = UInt8(truncatingIfNeeded: integer >> 24)
            bytes[2 * index + low] = UInt8(truncatingIfNeeded: integer >> 16)
        }
    }
}
