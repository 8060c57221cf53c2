import AudioCore

/// How loud a sound is to become, and how it is written then.
public struct Leveling: Codable, Equatable, Sendable {
    /// The formats that are written.
    public enum Format: String, Codable, CaseIterable, Sendable {
        case wav, aiff, flac, ogg, opus, mp3
    }

    /// Integrated loudness to reach, LUFS; nil where a peak is.
    public let lufs: Double?
    /// True peak to reach, dBTP.
    public let peak: Double?
    /// The highest true peak, dBTP.
    public let ceiling: Double
    public let isLimited: Bool
    /// Nil for that of the source.
    public let format: Format?

    /// -14 LUFS, where nothing is said; under -1 dBTP.
    ///
    /// - Throws: ``ServiceError`` `.invalid` for levels that nothing should have, and for two targets.
    public init(
        lufs: Double? = nil, peak: Double? = nil, ceiling: Double? = nil, isLimited: Bool = true, format: Format? = nil
    ) throws(ServiceError) {
        guard lufs == nil || peak == nil else {
            throw .invalid(field: "peak", "give 'lufs' or 'peak', not both")
        }
        guard peak == nil || ceiling == nil else {
            throw .invalid(field: "ceiling", "'peak' is its own ceiling: leave 'ceiling' out")
        }
        (self.lufs, self.peak) = (peak == nil ? lufs ?? -14 : nil, peak)
        (self.ceiling, self.isLimited, self.format) = (ceiling ?? -1, isLimited, format)
        do {
            try normalizer.check()
        } catch {
            throw .invalid(field: peak != nil ? "peak" : ceiling != nil ? "ceiling" : "lufs", "\(error)")
        }
    }

    var normalizer: LoudnessNormalizer {
        var normalizer = LoudnessNormalizer(target: peak.map { .peak($0) } ?? .loudness(lufs ?? -14))
        (normalizer.ceiling, normalizer.limits) = (ceiling, isLimited)
        return normalizer
    }

    /// Writes the file at `path` to `output`, at as many bits as it has.
    ///
    /// - Throws: ``AudioError``, ``AudioWriteError``, ``NormalizationError``, ``ResamplerError``.
    func write(
        _ path: String, to output: String, limits: DecodeLimits, ffmpeg: FFmpeg?
    ) throws -> LeveledSound {
        let stream = try AudioFile(path: path, limits: limits, ffmpeg: ffmpeg).stream
        var normalizer = normalizer
        (normalizer.decodeLimits, normalizer.ffmpeg, normalizer.replacesExisting) = (limits, ffmpeg, true)
        let format = format ?? Format(rawValue: stream.format.rawValue) ?? .wav
        let result = try normalizer.normalize(path: path, to: output, encoding: format.encoding(stream))
        return LeveledSound(
            format: format, loudness: result.after.loudness, truePeak: result.after.truePeak, gain: result.gain,
            missing: result.missing)
    }
}

/// What was written.
public struct LeveledSound: Codable, Equatable, Sendable {
    public let format: Leveling.Format
    /// Integrated, LUFS; nil where there is none.
    public let loudness: Double?
    /// dBTP.
    public let truePeak: Double?
    /// dB.
    public let gain: Double
    /// LU below the target, where the ceiling allows no more; 0 if it was reached.
    public let missing: Double
}

extension Leveling.Format {
    /// Bits count for the formats that store samples: 24 where the source stores none.
    fileprivate func encoding(_ source: AudioStream) -> AudioEncoding {
        let depth: AudioEncoding.IntegerDepth? =
            switch source.bitDepth {
            case .some(...16): .bits16
            case .some(25...): nil
            default: .bits24
            }
        return switch self {
        case .wav: depth.map { .wav($0) } ?? .wavFloat
        case .aiff: .aiff(depth ?? .bits24)
        case .flac: .flac(depth ?? .bits24)
        case .ogg: .vorbis()
        case .opus: .opus()
        case .mp3: .mp3()
        }
    }

    var contentType: String {
        switch self {
        case .wav: AudioFormat.wav.contentType
        case .aiff: AudioFormat.aiff.contentType
        case .flac: AudioFormat.flac.contentType
        case .ogg, .opus: AudioFormat.ogg.contentType
        case .mp3: AudioFormat.mp3.contentType
        }
    }
}
