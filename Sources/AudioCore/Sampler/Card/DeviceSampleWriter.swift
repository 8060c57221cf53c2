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
        var (integers, words): ([Int32], [UInt16]) = ([], [])
        let (frames, added) = try sound.forEachBlock { block in
            if integers.count < block.count {
                integers = Array(repeating: 0, count: block.count)
                words = Array(repeating: 0, count: block.count)
            }
            quantizer.quantize(block, to: &integers)
            pack(integers, count: block.count, to: &words)
            // Failures are kept by the file, and thrown when it is published.
            words.withUnsafeBytes { _ = file.write(UnsafeRawBufferPointer(rebasing: $0[..<(2 * block.count)])) }
        }
        _ = file.seek(to: 0)
        try put(head(sound.stream.channels, frames), to: file)
        // The folder around it is synced before anybody sees it.
        try file.publish(syncs: false)
        return CardSample(sound, frames: frames, added: added, clipped: quantizer.clipped)
    }

    private func put(_ bytes: [UInt8], to file: OutputFile) {
        _ = bytes.withUnsafeBytes { file.write($0) }
    }

    /// The upper halves of `integers`.
    private func pack(_ integers: [Int32], count: Int, to words: inout [UInt16]) {
        integers.withUnsafeBufferPointer { integers in
            words.withUnsafeMutableBufferPointer { words in
                for index in 0..<min(count, integers.count, words.count) {
                    let word = UInt16(truncatingIfNeeded: integers[index] >> 16)
                    words[index] = order == .big ? word.bigEndian : word.littleEndian
                }
            }
        }
    }
}
