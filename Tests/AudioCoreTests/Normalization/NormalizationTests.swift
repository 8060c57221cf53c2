import Foundation
import Testing

@testable import AudioCore

@Suite struct NormalizationTests {
    /// A drum loop over a chord: at -12 LUFS its peaks are some dB over full scale.
    static func music(_ seconds: Double = 3, rate: Double = 44_100) -> [Float] {
        let beats = Signals.beats(bpm: 120, seconds: seconds, rate: rate, sound: Signals.kick(rate: rate))
        let chord = Signals.chord([60, 64, 67], seconds: seconds, rate: rate)
        return zip(beats, chord).map { $0 * 0.5 + $1 }
    }

    /// Normalises samples through files; what came out is measured again.
    private func normalize(
        _ samples: [Float], _ target: LoudnessNormalizer.Target, ceiling: Double = -1, limits: Bool = true,
        rate: Int = 44_100, channels: Int = 1, to outputRate: Int? = nil, as encoding: AudioEncoding = .wav(.bits24)
    ) throws -> (result: Normalization, level: SoundLevel, stream: AudioStream) {
        let folder = try TestFolder()
        try WrittenFile.write(samples, to: folder.file("in"), as: .wavFloat, rate: rate, channels: channels)
        var normalizer = LoudnessNormalizer(target: target)
        (normalizer.ceiling, normalizer.limits, normalizer.sampleRate) = (ceiling, limits, outputRate)
        let result = try normalizer.normalize(path: folder.file("in"), to: folder.file("out"), encoding: encoding)
        #expect(Set(folder.names) == ["in", "out"])
        let source = try NormalizationSource(path: folder.file("out"), limits: .init(), ffmpeg: nil) { $0.sampleRate }
        return try (result, source.level(), source.stream)
    }

    @Test(arguments: [-14, -23, -30] as [Double])
    func `music reaches its loudness to 0.1 LU and keeps its ceiling`(target: Double) throws {
        let (result, level, _) = try normalize(Self.music(), .loudness(target))
        #expect(abs(try #require(level.loudness()) - target) <= 0.1)
        #expect(try #require(level.peakLevel) <= -1)
        let (loudness, peak) = try (#require(level.loudness()), #require(level.peakLevel))
        #expect(abs(try #require(result.after.loudness) - loudness) < 0.01)
        #expect(abs(try #require(result.after.truePeak) - peak) < 0.01)
        #expect(result.missing == 0 && result.frames == 132_300)
    }

    @Test func `a gain alone is a gain alone`() throws {
        let (result, level, _) = try normalize(Self.music(), .loudness(-30))
        let before = try #require(result.before.loudness)
        #expect(result.largestReduction == 0)
        #expect(abs(result.gain - (-30 - before)) < 0.001)
        #expect(abs(try #require(level.loudness()) + 30) < 0.001)
    }

    @Test func `without a limiter the peaks decide, and what is missing is told`() throws {
        let (result, level, _) = try normalize(Self.music(), .loudness(-10), limits: false)
        #expect(result.largestReduction == 0)
        let (loudness, peak) = try (#require(level.loudness()), #require(level.peakLevel))
        #expect(abs(peak + 1) < 0.02 && peak <= -1)
        #expect(abs(result.missing - (-10 - loudness)) < 0.01 && result.missing > 0.1)
    }

    @Test func `the limiter takes 12 dB at most, and what is missing then is told`() throws {
        // Quiet noise with one loud click: only the click stands in the way.
        var sound = Signals.noise(amplitude: 0.01, seconds: 2)
        sound[44_100] = 1
        let (result, level, _) = try normalize(sound, .loudness(-10))
        #expect(result.largestReduction <= LoudnessNormalizer.mostReduction && result.largestReduction > 11)
        #expect(result.missing > 1)
        #expect(try #require(level.peakLevel) <= -1)
    }

    @Test(arguments: [-1, 0, -20] as [Double])
    func `a peak is reached to 0.02 dB, and never passed`(target: Double) throws {
        for sound in [Self.music(), [0.001], Array(repeating: 0.25, count: 100), Signals.kick()] {
            let (result, level, _) = try normalize(sound, .peak(target))
            let peak = try #require(level.peakLevel)
            #expect(peak <= target && peak > target - 0.02)
            #expect(result.largestReduction == 0 && result.missing == 0)
        }
    }

    @Test(arguments: [
        AudioEncoding.wav(.bits16), .wavFloat, .aiff(.bits24), .flac(.bits16), .vorbis(), .opus(), .mp3(),
    ])
    func `every format is at its loudness and under its ceiling once decoded`(encoding: AudioEncoding) throws {
        let (result, level, stream) = try normalize(
            Self.music().onBothChannels, .loudness(-12), channels: 2, as: encoding)
        #expect(stream.format == encoding.format && stream.sampleRate == (encoding == .opus() ? 48_000 : 44_100))
        #expect(abs(try #require(level.loudness()) + 12) <= 0.1)
        #expect(try #require(level.peakLevel) <= -1)
        #expect(result.sampleRate == stream.sampleRate)
    }

    @Test(arguments: [8_000, 96_000, 384_000])
    func `another rate keeps loudness, ceiling and length`(rate: Int) throws {
        let (result, level, stream) = try normalize(Self.music(1), .loudness(-12), to: rate)
        #expect(stream.sampleRate == rate && result.frames == rate)
        #expect(abs(try #require(level.loudness()) + 12) <= 0.1)
        #expect(try #require(level.peakLevel) <= -1)
    }

    @Test(arguments: [1, 2, 6, 8])
    func `any number of channels is measured by their places`(channels: Int) throws {
        let noise = (0..<channels).map { Signals.noise(seconds: 1, seed: UInt64($0 + 1)) }
        let sound = noise[0].indices.flatMap { frame in noise.map { $0[frame] } }
        let (_, level, _) = try normalize(sound, .loudness(-20), channels: channels, as: .flac(.bits24))
        #expect(abs(try #require(level.loudness()) + 20) <= 0.1)
    }

    @Test func `far beyond full scale, 1-bit-like and DC have right answers`() throws {
        let loud = Self.music(1).map { $0 * 50 }
        let square = (0..<44_100).map { Float($0 % 100 < 37 ? 1 : -1) }
        for sound in [loud, square] {
            let (_, level, _) = try normalize(sound, .loudness(-14))
            #expect(abs(try #require(level.loudness()) + 14) <= 0.1)
            #expect(try #require(level.peakLevel) <= -1)
        }
        // Only the steps at both ends of DC are heard.
        let (_, level, _) = try normalize(Array(repeating: 0.5, count: 44_100), .peak(-1))
        #expect(try #require(level.peakLevel) <= -1)
    }

    @Test func `silence, short and nearly silent sounds are told apart`() throws {
        #expect(throws: NormalizationError.silent) { try normalize(Signals.silence(seconds: 1), .loudness(-14)) }
        #expect(throws: NormalizationError.silent) { try normalize(Signals.silence(seconds: 1), .peak(-1)) }
        #expect(throws: NormalizationError.tooShort) {
            try normalize(Array(Self.music().prefix(17_000)), .loudness(-14))
        }
        #expect(throws: NormalizationError.tooShort) { try normalize([0.5], .loudness(-14)) }
        #expect(throws: NormalizationError.tooQuiet) {
            try normalize(Signals.noise(amplitude: 1e-5, seconds: 1), .loudness(-14))
        }
    }

    @Test func `levels that make no sense are refused`() throws {
        for target in [
            LoudnessNormalizer.Target.loudness(1), .loudness(.nan), .loudness(-61), .peak(0.1), .peak(.infinity),
        ] {
            #expect(throws: NormalizationError.self) { try normalize(Self.music(1), target) }
        }
        #expect(throws: NormalizationError.self) { try normalize(Self.music(1), .loudness(-14), ceiling: 1) }
    }

    @Test func `what cannot be written leaves nothing`() throws {
        let folder = try TestFolder()
        try WrittenFile.write(Self.music(1), to: folder.file("in.wav"), as: .wavFloat)
        let normalizer = LoudnessNormalizer(target: .loudness(-14))
        let path = folder.file("in.wav")
        #expect(throws: AudioWriteError.exists(path: path)) {
            try normalizer.normalize(path: path, to: path, encoding: .wavFloat)
        }
        var resampling = normalizer
        resampling.sampleRate = 44_100
        #expect(throws: AudioWriteError.unsupportedRate(.opus, 44_100, use: 48_000)) {
            try resampling.normalize(path: path, to: folder.file("out"), encoding: .opus())
        }
        #expect(folder.names == ["in.wav"])
        var replacing = normalizer
        replacing.replacesExisting = true
        #expect(try replacing.normalize(path: path, to: path, encoding: .wavFloat).missing == 0)
        #expect(folder.names == ["in.wav"])
    }
}
