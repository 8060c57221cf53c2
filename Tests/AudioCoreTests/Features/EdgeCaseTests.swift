import Foundation
import Testing

@testable import AudioCore

/// Odd input gets a right answer or null, and always valid JSON.
@Suite struct EdgeCaseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rate = 44_100
        var channels = 1
        var samples: @Sendable () -> [Float]
    }

    static let cases = [
        Case(testDescription: "one sample") { [0.5] },
        Case(testDescription: "one sample of zero") { [0] },
        Case(testDescription: "2047 samples") { Array(Signals.noise(seconds: 0.1).prefix(2047)) },
        Case(testDescription: "silence") { Signals.silence(seconds: 1) },
        Case(testDescription: "DC") { Array(repeating: 0.5, count: 44_100) },
        Case(testDescription: "20 ms of noise") { Signals.noise(seconds: 0.02) },
        Case(testDescription: "denormals") { Array(repeating: .leastNonzeroMagnitude * 700, count: 44_100) },
        Case(testDescription: "the smallest sound") { Signals.noise(amplitude: 1e-30, seconds: 0.5) },
        Case(testDescription: "far beyond full scale") { Signals.noise(amplitude: 300_000, seconds: 0.5) },
        Case(testDescription: "8 kHz", rate: 8_000) { Signals.noise(seconds: 1, rate: 8_000) },
        Case(testDescription: "384 kHz", rate: 384_000) { Signals.noise(seconds: 0.5, rate: 384_000) },
        Case(testDescription: "8 channels", channels: 8) { Signals.noise(seconds: 2) },
        Case(testDescription: "64 channels", channels: 64) { Array(Signals.noise(seconds: 1).prefix(640)) },
        Case(testDescription: "negative zero") { Array(repeating: -0.0, count: 5000) },
    ]

    @Test(arguments: cases)
    func `odd input gives finite numbers or null`(input: Case) throws {
        let samples = input.samples()
        let whole = samples.prefix(samples.count / input.channels * input.channels)
        let features = try AudioAnalysis.analyze(
            Array(whole), sampleRate: input.rate, channels: input.channels,
            options: AnalysisOptions(waveformPoints: 10))
        // JSONEncoder refuses NaN and infinity.
        let json = try JSONEncoder().encode(features)
        #expect(try JSONDecoder().decode(AudioFeatures.self, from: json) == features)
    }

    @Test func `silence has no loudness, peak, tempo or key`() throws {
        let features = try AudioAnalysis.analyze(Signals.silence(seconds: 1), sampleRate: 44_100)
        #expect(features.loudness == Loudness() && features.rhythm.tempo == nil && features.tonality == Tonality())
        #expect(features.kind == .oneShot)
        #expect(features.timbre.centroid == .zero && features.timbre.harmonicRatio == nil)
    }
}
