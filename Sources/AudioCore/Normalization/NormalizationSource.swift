import Foundation

/// A file that is read several times, at the rate of the output.
struct NormalizationSource {
    let path: String
    let limits: DecodeLimits
    let ffmpeg: FFmpeg?
    let stream: AudioStream
    let rate: Int
    /// What the output goes on to say.
    let metadata: AudioMetadata?
    private let embedded: EmbeddedLoopInfo?

    init(path: String, limits: DecodeLimits, ffmpeg: FFmpeg?, rate: (AudioStream) -> Int) throws {
        (self.path, self.limits, self.ffmpeg) = (path, limits, ffmpeg)
        let file = try AudioFile(path: path, limits: limits, ffmpeg: ffmpeg)
        (stream, metadata, embedded) = (file.stream, file.metadata, file.embedded)
        self.rate = rate(stream)
    }

    /// Root note, first loop and cue points, at the rate of the output.
    var markers: SampleMarkers {
        SampleMarkers(
            rootNote: embedded?.rootNote,
            loop: embedded?.loops.first.map { scaled($0.lowerBound)..<scaled($0.upperBound) },
            slices: metadata?.markers.map { scaled($0.frame) } ?? [])
    }

    private func scaled(_ frame: Int) -> Int {
        rate == stream.sampleRate ? frame : Int(Double(frame) * Double(rate) / Double(stream.sampleRate))
    }

    private var layout: ChannelLayout {
        ChannelLayout(format: stream.format, channels: stream.channels, mask: stream.channelMask)
    }

    /// - Returns: whether the file ends early.
    @discardableResult
    func forEachBlock(_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Bool {
        let file = try AudioFile(path: path, limits: limits, ffmpeg: ffmpeg)
        if rate == stream.sampleRate {
            try file.forEachBlock(body)
        } else {
            let resampler = try Resampler(from: stream.sampleRate, to: rate, channels: stream.channels)
            try file.forEachBlock { try resampler.push($0, body) }
            try resampler.finish(body)
        }
        return file.isTruncated
    }

    /// The sound as `plan` makes it.
    ///
    /// - Returns: the limiter's largest reduction, dB, and whether the file ends early.
    @discardableResult
    func forEachBlock(
        of plan: GainPlan, _ body: (UnsafeBufferPointer<Float>) throws -> Void
    ) throws -> (reduction: Double, isTruncated: Bool) {
        let gain = pow(10, plan.gain / 20)
        guard let ceiling = plan.ceiling else { return try (0, forEachBlock(times: Float(gain), body)) }
        var limiter = TruePeakLimiter(
            sampleRate: rate, channels: stream.channels, gain: gain, ceiling: pow(10, ceiling / 20))
        let isTruncated = try forEachBlock { try limiter.push($0, body) }
        try limiter.finish(body)
        return (limiter.largestReduction, isTruncated)
    }

    private func forEachBlock(times gain: Float, _ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Bool {
        var louder: [Float] = []
        return try forEachBlock { block in
            louder.removeAll(keepingCapacity: true)
            louder.append(contentsOf: block.lazy.map { $0 * gain })
            try louder.withUnsafeBufferPointer { try body($0) }
        }
    }

    func level() throws -> SoundLevel {
        var meter = LevelMeter(sampleRate: rate, layout: layout)
        try forEachBlock { meter.push($0) }
        return meter.finish()
    }

    func level(of plan: GainPlan) throws -> (level: SoundLevel, reduction: Double) {
        var meter = LevelMeter(sampleRate: rate, layout: layout)
        let reduction = try forEachBlock(of: plan) { meter.push($0) }.reduction
        return (meter.finish(), reduction)
    }
}
