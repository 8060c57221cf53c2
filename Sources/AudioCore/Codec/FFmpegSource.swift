/// M4A and AAC through ``FFmpeg``: the sound comes out of a pipe and is counted and limited as it comes.
final class FFmpegSource: FrameSource {
    let stream: AudioStream
    private(set) var isTruncated: Bool
    let metadata: AudioMetadata?
    var mostFrames: Int? { nil }
    var needsRepair: Bool { true }

    private static let blockBytes = 128 << 10

    private let process: DecoderProcess
    private let bytesPerFrame: Int
    private let block: UnsafeMutableRawBufferPointer
    /// Bytes in `block` that were read and not yet decoded.
    private var held = 0..<0

    init(
        _ file: InputFile, _ format: AudioFormat, _ input: ContainerCheck, _ ffmpeg: FFmpeg?, _ limits: DecodeLimits
    ) throws(AudioError) {
        guard let ffmpeg else {
            throw .needsFFmpeg(format: format, isInstalled: FFmpeg.installed() != nil)
        }
        let command = ffmpeg.command(
            demuxer: format == .aac ? "aac" : "mov", descriptor: DecoderProcess.inputDescriptor)
        process = try DecoderProcess(command, input: file, time: limits.decoderTime)
        stream = try Self.header(of: process, format)
        try limits.check(sampleRate: stream.sampleRate, channels: stream.channels)
        (isTruncated, metadata) = (input.isTruncated, input.metadata)
        bytesPerFrame = stream.channels * MemoryLayout<Float>.size
        block = .allocate(byteCount: Self.blockBytes, alignment: 64)
    }

    deinit { block.deallocate() }

    /// Reads the AU header: magic, its own length, a length nobody knows, the encoding, rate and channels.
    private static func header(
        of process: DecoderProcess, _ format: AudioFormat
    ) throws(AudioError) -> AudioStream {
        let head = try HeaderBytes(bytes(of: process, count: 24), .big)
        guard head.has(".snd", at: 0), let length = head.u32(at: 4), (24...4_096).contains(length),
            // 6: 32-bit floats.
            head.u32(at: 12) == 6, let rate = head.u32(at: 16), let channels = head.u32(at: 20)
        else { throw .damaged(format: format, reason: "ffmpeg finds no AAC or Apple Lossless sound in it") }
        _ = try bytes(of: process, count: Int(length) - 24)
        return AudioStream(format: format, sampleRate: Int(rate), channels: Int(channels), bitDepth: nil)
    }

    /// Up to `count` bytes; fewer only at the end.
    private static func bytes(of process: DecoderProcess, count: Int) throws(AudioError) -> [UInt8] {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
        defer { room.deallocate() }
        var filled = 0
        while filled < count {
            let read = try process.read(into: UnsafeMutableRawBufferPointer(rebasing: room[filled...]))
            if read == 0 { break }
            filled += read
        }
        return Array(room[..<filled])
    }

    func read(into output: UnsafeMutablePointer<Float>, frames: Int) throws(AudioError) -> Int {
        while held.count < bytesPerFrame {
            guard try refill() else {
                try end()
                return 0
            }
        }
        let count = min(frames, held.count / bytesPerFrame)
        let bytes = UnsafeRawBufferPointer(rebasing: block[held])
        SampleEncoding.float32(.big).decode(bytes, to: output, count: count * stream.channels)
        held = held.lowerBound + count * bytesPerFrame..<held.upperBound
        return count
    }

    /// Moves the part of a frame that is left to the front, and reads on behind it.
    private func refill() throws(AudioError) -> Bool {
        let rest = UnsafeRawBufferPointer(rebasing: block[held])
        UnsafeMutableRawBufferPointer(rebasing: block[..<rest.count]).copyMemory(from: rest)
        held = 0..<rest.count
        let count = try process.read(into: UnsafeMutableRawBufferPointer(rebasing: block[rest.count...]))
        held = 0..<rest.count + count
        return count > 0
    }

    private func end() throws(AudioError) {
        if process.ending != .exited(status: 0) || !held.isEmpty { isTruncated = true }
    }
}
