import Foundation

/// Writes a file at a given loudness or peak.
///
/// The source is measured, then written with one gain. Where this gain would lift the true peak over the ceiling, a
/// limiter keeps it there and the gain is raised until the loudness is right to 0.1 LU, unless the limiter
/// would have to take more than ``mostReduction``: then the result stays quieter and says so. A lossy file is decoded
/// and measured again, and written lower if its encoder overshoots.
///
/// The source is read twice, with a limiter about five times; memory is that of one reading, whatever the length.
public struct LoudnessNormalizer: Sendable {
    public enum Target: Equatable, Sendable {
        /// Integrated loudness, LUFS, −60…0.
        case loudness(Double)
        /// True peak, dBTP, −60…0.
        case peak(Double)
    }

    /// The most the limiter takes from any frame, dB: more is heard as distortion.
    public static let mostReduction = 12.0

    public var target: Target
    /// The highest true peak, dBTP, −20…0; a target peak is its own ceiling.
    public var ceiling = -1.0
    /// Whether peaks are limited; if not, the sound stays as quiet as its peaks demand.
    public var limits = true
    /// Of the output; `nil` keeps the source's where the format has it, else takes the next higher one.
    public var sampleRate: Int?
    public var replacesExisting = false
    public var dithers = true
    public var decodeLimits = DecodeLimits()
    /// Decodes M4A and AAC.
    public var ffmpeg: FFmpeg?

    public init(target: Target) { self.target = target }

    /// - Parameters:
    ///   - path: file to read.
    ///   - output: file to write; the same path is fine where it may be replaced.
    ///   - encoding: of the output.
    /// - Throws: ``NormalizationError``, ``AudioError``, ``AudioWriteError``, ``ResamplerError``, `CancellationError`.
    public func normalize(path: String, to output: String, encoding: AudioEncoding) throws -> Normalization {
        try check()
        let source = try NormalizationSource(path: path, limits: decodeLimits, ffmpeg: ffmpeg) { stream in
            sampleRate ?? encoding.nearestRate(to: stream.sampleRate)
        }
        try encoding.check(sampleRate: source.rate, channels: source.stream.channels)
        // What would not be kept is not worth measuring for.
        guard replacesExisting || !FileManager.default.fileExists(atPath: output) else {
            throw AudioWriteError.exists(path: output)
        }
        let before = try source.level()
        return try write(source, before, to: output, encoding)
    }

    /// Whether target and ceiling are reasonable.
    public func check() throws(NormalizationError) {
        switch target {
        case .loudness(let level) where !(-60...0).contains(level):
            throw .unreasonable("a loudness of \(level) LUFS: choose one of -60 to 0, such as -14")
        case .peak(let level) where !(-60...0).contains(level):
            throw .unreasonable("a peak of \(level) dBTP: choose one of -60 to 0, such as -1")
        default:
            guard (-20...0).contains(ceiling) else {
                throw .unreasonable("a ceiling of \(ceiling) dBTP: choose one of -20 to 0, such as -1")
            }
        }
    }

    /// Attempts at a lossy file before the best of them is taken.
    private static let mostAttempts = 6

    private func write(
        _ source: NormalizationSource, _ before: SoundLevel, to output: String, _ encoding: AudioEncoding
    ) throws -> Normalization {
        var aim = GainSearch(target: target, ceiling: ceiling, limits: limits)
        var best: Attempt?
        for _ in 1...(encoding.isLossy ? Self.mostAttempts : 1) {
            let planned = try aim.find(before) { try source.level(of: $0) }
            let attempt = try attempt(source, before, planned, aim, to: output, encoding)
            if attempt.correction.cost < best?.correction.cost ?? .infinity { best = attempt }
            if attempt.correction.isNone { break }
            aim = attempt.correction.applied(to: aim)
        }
        // The first attempt is better than none.
        guard let best else { throw NormalizationError.silent }
        try best.writer.publish()
        return best.result
    }

    /// A file that is complete but has no name yet; without one it vanishes with its writer.
    private struct Attempt {
        let writer: AudioFileWriter
        let result: Normalization
        let correction: LossyCorrection
    }

    private func attempt(
        _ source: NormalizationSource, _ before: SoundLevel, _ planned: PlannedLevel, _ aim: GainSearch,
        to output: String, _ encoding: AudioEncoding
    ) throws -> Attempt {
        let writer = try AudioFileWriter(
            path: output, encoding: encoding, sampleRate: source.rate, channels: source.stream.channels,
            options: options(source, before.frames))
        let isTruncated = try source.forEachBlock(of: planned.plan) { try writer.write($0) }.isTruncated
        try writer.complete()
        let heard = encoding.isLossy ? try decodedLevel(writer.temporaryPath) : planned.after
        let result = Normalization(
            before: .init(before), after: heard, gain: planned.plan.gain, largestReduction: planned.reduction,
            missing: missing(heard), sampleRate: source.rate, channels: source.stream.channels,
            frames: writer.framesWritten, isTruncated: isTruncated)
        return Attempt(
            writer: writer, result: result, correction: LossyCorrection(self, aim, planned, heard: heard))
    }

    private func options(_ source: NormalizationSource, _ frames: Int) -> AudioFileWriter.Options {
        var options = AudioFileWriter.Options()
        (options.replacesExisting, options.dithers) = (replacesExisting, dithers)
        (options.expectedFrames, options.channelOrder) = (frames, ChannelOrder(source.stream.format))
        (options.metadata, options.markers) = (source.metadata, source.markers)
        return options
    }

    private func decodedLevel(_ path: String) throws -> Normalization.Level {
        try .init(NormalizationSource(path: path, limits: decodeLimits, ffmpeg: nil) { $0.sampleRate }.level())
    }

    private func missing(_ after: Normalization.Level) -> Double {
        guard case .loudness(let target) = target, let loudness = after.loudness else { return 0 }
        return target - loudness > 0.1 ? target - loudness : 0
    }
}
