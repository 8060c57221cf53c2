/// An audio file as a sampler takes it: one or two channels at the device's rate, 0.1 s to 16 minutes.
///
/// Other rates are resampled. Memory is bounded whatever the length.
struct DeviceSound {
    static let mostChannels = 2
    static let mostSeconds = 16 * 60
    static let fewestSeconds = 0.1
    /// Frames per second of the device.
    let rate: Int
    private let lengthensShort: Bool
    private let path: String
    private let file: AudioFile

    var stream: AudioStream { file.stream }
    /// Whether it ended early, and how many samples were mended: final when it was handed on.
    var faults: (isTruncated: Bool, repairedSamples: Int) { (file.isTruncated, file.repairedSamples) }

    /// - Throws: ``AudioError``; ``SamplerError/unfit(file:reason:remedy:)`` for more than two channels.
    init(path: String, rate: Int, _ options: CardOptions) throws {
        file = try AudioFile(path: path, limits: options.limits, ffmpeg: options.ffmpeg)
        guard file.stream.channels <= Self.mostChannels else {
            throw SamplerError.unfit(
                file: path, reason: "\(file.stream.channels) channels", remedy: "mix it down to mono or stereo")
        }
        (self.path, self.rate, lengthensShort) = (path, rate, options.lengthensShort)
    }

    private var fewestFrames: Int { Int((Double(rate) * Self.fewestSeconds).rounded()) }
    private var mostFrames: Int { Self.mostSeconds * rate }

    /// Hands on the sound, interleaved, full scale ±1.
    ///
    /// - Returns: frames handed on, and how many of them were added.
    func forEachBlock(_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> (frames: Int, added: Int) {
        var frames = 0
        func take(_ block: UnsafeBufferPointer<Float>) throws {
            frames += block.count / stream.channels
            guard frames <= mostFrames else {
                throw SamplerError.unfit(file: path, reason: "longer than 16 minutes", remedy: "cut it")
            }
            try body(block)
        }
        if rate == stream.sampleRate {
            try file.forEachBlock(take)
        } else {
            // 20 bits are 24 dB below the steps of the device's 16.
            let resampler = try Resampler(
                from: stream.sampleRate, to: rate, channels: stream.channels, quality: .high)
            try file.forEachBlock { try resampler.push($0, take) }
            try resampler.finish(take)
        }
        let added = max(0, fewestFrames - frames)
        guard added == 0 || lengthensShort && frames > 0 else {
            throw SamplerError.unfit(
                file: path, reason: "shorter than 0.1 s (\(frames * 1_000 / rate) ms)",
                remedy: frames == 0 ? "there is nothing to hear" : "lengthen it with silence (--lengthen)")
        }
        let silence = [Float](repeating: 0, count: added * stream.channels)
        if added > 0 { try silence.withUnsafeBufferPointer(take) }
        return (frames, added)
    }
}

extension CardSample {
    /// What came of a sound that was read to its end.
    init(_ sound: DeviceSound, frames: Int, added: Int, clipped: Int) {
        self.init(
            sourceRate: sound.stream.sampleRate, channels: sound.stream.channels, frames: frames,
            clippedSamples: clipped, addedFrames: added)
        (isTruncated, repairedSamples) = (sound.faults.isTruncated, sound.faults.repairedSamples)
    }
}
