/// Reads the samples of an uncompressed file block by block through one buffer.
final class PCMSource: FrameSource {
    /// Fits the second-level cache together with the floats made from it.
    private static let blockBytes = 128 << 10

    private let file: InputFile
    private let layout: PCMLayout
    private let bytesPerFrame: Int
    private let block: UnsafeMutableRawBufferPointer
    private var framesRead = 0
    private(set) var isTruncated: Bool

    init(_ file: InputFile, _ layout: PCMLayout) {
        (self.file, self.layout) = (file, layout)
        bytesPerFrame = layout.encoding.bytesPerSample * layout.stream.channels
        isTruncated = layout.isTruncated
        block = .allocate(byteCount: max(Self.blockBytes, bytesPerFrame), alignment: 64)
    }

    deinit { block.deallocate() }

    var stream: AudioStream { layout.stream }
    var embedded: EmbeddedLoopInfo? { layout.embedded }
    var metadata: AudioMetadata? { layout.metadata }
    var mostFrames: Int? { layout.frames }
    var exactFrames: Int? { layout.frames }
    var needsRepair: Bool {
        switch layout.encoding {
        case .float32, .float64: true
        default: false
        }
    }

    func read(into output: UnsafeMutablePointer<Float>, frames: Int) throws(AudioError) -> Int {
        var done = 0
        while done < frames {
            let wanted = min(frames - done, layout.frames - framesRead, block.count / bytesPerFrame)
            guard wanted > 0 else { break }
            let bytes = try file.read(
                at: layout.start + framesRead * bytesPerFrame,
                into: UnsafeMutableRawBufferPointer(rebasing: block[..<(wanted * bytesPerFrame)]))
            let count = bytes / bytesPerFrame
            layout.encoding.decode(
                UnsafeRawBufferPointer(block), to: output + done * stream.channels, count: count * stream.channels)
            framesRead += count
            done += count
            if count < wanted {
                // Somebody cut the file while it was read.
                isTruncated = true
                framesRead = layout.frames
            }
        }
        return done
    }
}
