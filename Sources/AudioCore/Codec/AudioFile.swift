/// An audio file, decoded front to back in blocks.
///
/// Bytes are hostile until checked. WAV and AIFF are read by our own code; for FLAC, Ogg and MP3 libsndfile
/// sees only what our checks let through; M4A and AAC go to ``FFmpeg``, if allowed. Nothing is allocated from
/// a claimed size, nothing is sought by a claimed length, and frames are counted as they come out.
///
/// Not safe to share between threads; memory stays below 1 MiB plus what the codec itself needs, and while a file is
/// opened up to 3 MiB for its tags.
public final class AudioFile {
    /// The checked header.
    public let stream: AudioStream
    /// Frames delivered so far; the length of the sound once ``read(into:)`` has returned 0.
    public private(set) var framesRead = 0
    /// Samples changed so far: not finite ones, delivered as 0, and ones beyond ±2^31, clamped to that.
    public private(set) var repairedSamples = 0

    private let source: any FrameSource
    private let fileSize: Int
    private let limits: DecodeLimits
    private var failure: AudioError?

    /// Blocks between two checks of the limits, in samples.
    private static let checkedSamples = 1 << 20

    /// Opens a file and checks its header.
    ///
    /// - Parameters:
    ///   - path: file to read; its name is not looked at.
    ///   - limits: what decoding may cost at most.
    ///   - ffmpeg: decodes M4A and AAC; without it they are refused.
    /// - Throws: ``AudioError``; `limitExceeded` already here where the length is known for sure.
    public init(
        path: String, limits: DecodeLimits = DecodeLimits(), ffmpeg: FFmpeg? = nil
    ) throws(AudioError) {
        let file = try InputFile(path: path)
        source = try openSource(file, limits, ffmpeg)
        metadata = AudioMetadata.of(source, file)
        (stream, fileSize, self.limits) = (source.stream, file.size, limits)
        if let frames = source.mostFrames { try limits.check(frames: frames, of: stream, fileBytes: fileSize) }
    }

    /// Whether the file holds less sound than its header promises, or ends in the middle of a block. What is
    /// there was delivered. Final once ``read(into:)`` has returned 0.
    public var isTruncated: Bool { source.isTruncated }

    /// What the maker of the file wrote into it about tempo, root note and loops; `nil` if nothing, and for
    /// compressed formats. A claim, not a measurement.
    public var embedded: EmbeddedLoopInfo? { source.embedded }

    /// What the file says about itself in words: titles, comments, markers; `nil` if nothing. A claim, not a
    /// measurement.
    public let metadata: AudioMetadata?

    /// Frames of the whole sound, for what wants to divide it beforehand; `nil` where only decoding can tell.
    var exactFrames: Int? { source.exactFrames }

    /// Decodes the next frames, interleaved, full scale ±1, always finite and within ±2^31.
    ///
    /// - Parameter buffer: room for at least one frame; filled up to its last whole frame unless the file ends.
    /// - Returns: frames written; 0 at the end of the file.
    /// - Throws: ``AudioError``, the same one again if called again: frames delivered before are then not the
    ///   whole sound and better thrown away. `empty` if there is no frame at all.
    public func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioError) -> Int {
        precondition(buffer.count >= stream.channels, "the buffer must have room for one frame")
        if let failure { throw failure }
        do throws(AudioError) {
            return try fill(buffer)
        } catch {
            failure = error
            throw error
        }
    }

    private func fill(_ buffer: UnsafeMutableBufferPointer<Float>) throws(AudioError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        let room = buffer.count / stream.channels
        var filled = 0
        while filled < room {
            let start = base + filled * stream.channels
            let count = try source.read(
                into: start, frames: min(room - filled, max(1, Self.checkedSamples / stream.channels)))
            if count == 0 { break }
            try limits.check(frames: framesRead + count, of: stream, fileBytes: fileSize)
            if source.needsRepair {
                repairedSamples += SampleRepair.repair(
                    UnsafeMutableBufferPointer(start: start, count: count * stream.channels))
            }
            filled += count
            framesRead += count
        }
        guard framesRead > 0 else { throw .empty(format: stream.format) }
        return filled
    }
}

/// Tells the format by content and makes the reader for it.
private func openSource(
    _ file: InputFile, _ limits: DecodeLimits, _ ffmpeg: FFmpeg?
) throws(AudioError) -> any FrameSource {
    // Tags may be larger than any head, so the look behind them is taken in the file.
    let start = try ID3Tag.endOfTags(in: file)
    let head = try HeaderBytes(file.bytes(at: start, count: AudioFormat.sniffLength), .big)
    switch AudioFormat.sniff(head, at: 0) {
    case .wav where start == 0: return try PCMSource(file, WAVHeader.read(file, limits))
    case .aiff where start == 0: return try PCMSource(file, AIFFHeader.read(file, limits))
    case .flac: return try LibrarySource(file, FLACHeader.read(file, from: start, limits), limits)
    case .ogg where start == 0, .opus where start == 0:
        return try ChainedSource(file, OggHeader.read(file, limits), limits)
    case .mp3: return try LibrarySource(file, MP3Header.read(file, from: start, limits), limits)
    case .m4a where start == 0: return try FFmpegSource(file, .m4a, MP4Header.read(file), ffmpeg, limits)
    case .aac: return try FFmpegSource(file, .aac, ADTSScan.read(file, from: start), ffmpeg, limits)
    // Behind a tag there is often padding that the tag forgot to count: search for frames.
    case _ where start > 0 && start < file.size:
        return try LibrarySource(file, MP3Header.read(file, from: start, limits), limits)
    default:
        if let name = RefusedFormat.name(head) { throw .unsupported(what: name) }
        throw .notAudio
    }
}
