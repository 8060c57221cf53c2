import Foundation
import Testing

@testable import AudioCore

@Suite struct SimilarityVectorTests {
    @Test func `gain changes nothing`() throws {
        let snare = LikenessSignals.snare()
        for gain in [0.01, 0.5, 4] as [Float] {
            #expect(try vector(snare).distance(to: vector(snare.map { $0 * gain })) < 0.002)
        }
    }

    @Test(arguments: [441, 4410, 40_007])
    func `silence before and after a sound changes little`(samples: Int) throws {
        let silence = [Float](repeating: 0, count: samples)
        for sound in [Signals.kick(), LikenessSignals.snare(), Signals.chord([48, 55, 64], seconds: 1)] {
            #expect(try vector(sound).distance(to: vector(silence + sound + silence)) < 0.35)
        }
    }

    @Test(arguments: [22_050.0, 48_000, 96_000])
    func `the sample rate changes little`(rate: Double) throws {
        let sounds: [@Sendable (Double) -> [Float]] = [
            { Signals.kick(rate: $0) + Signals.silence(seconds: 0.3, rate: $0) },
            { Signals.chord([48, 55, 64], seconds: 1, rate: $0) },
        ]
        let original = try sounds.map { try vector($0(44_100)) }
        let resampled = try sounds.map { try vector($0(rate), rate: rate) }
        for (a, b) in zip(original, resampled) { #expect(a.distance(to: b) < 0.5) }
        #expect(original[0].distance(to: original[1]) > 0.9)
    }

    @Test func `two strokes of one drum are nearer than a drum and a chord`() throws {
        let snares = try [1, 2].map { try vector(LikenessSignals.snare(seed: $0)) }
        let chord = try vector(Signals.chord([48, 55, 64], seconds: 1))
        #expect(snares[0].distance(to: snares[1]) < 0.5)
        #expect(snares[0].distance(to: chord) > 2 * snares[0].distance(to: snares[1]))
    }

    @Test func `distance is zero to itself, the same both ways, and made of its sections`() throws {
        let (a, b) = try (vector(LikenessSignals.snare()), vector(Signals.kick()))
        #expect(a.distance(to: a) == 0)
        #expect(a.distance(to: b) == b.distance(to: a))
        let parts = SimilarityVector.Section.allCases.map { section in
            a.distance(to: b, in: section) * a.distance(to: b, in: section) * section.share
        }
        #expect(abs(parts.reduce(0, +).squareRoot() - a.distance(to: b)) < 1e-3)
        #expect(abs(SimilarityVector.Section.allCases.reduce(0) { $0 + $1.share } - 1) < 1e-4)
    }

    @Test func `silence has no vector and no fingerprint`() throws {
        let features = try LikenessSignals.analyze([Float](repeating: 0, count: 44_100))
        #expect(features.similarity == nil && features.fingerprint == nil)
    }

    @Test func `whatever sounds has finite values within their bounds`() throws {
        let noise = Signals.noise(seconds: 0.5)
        let hard: [(samples: [Float], rate: Int, channels: Int)] = [
            ([0.5], 44_100, 1), ([1e-30], 44_100, 1), ([Float](repeating: 1, count: 30_000), 44_100, 1),
            (noise.map { max(-0.05, min(0.05, $0)) }, 44_100, 1), (noise.map { $0 < 0 ? -1 : 1 }, 44_100, 1),
            (noise, 384_000, 1), (noise, 8_000, 1), (Array(noise.prefix(16_000)), 44_100, 8),
            ([Float](repeating: 0, count: 44_100 * 33) + noise, 44_100, 1),
            ([0.001] + [Float](repeating: 0, count: 8_000 * 40) + [1] + [Float](repeating: 0, count: 8_000), 8_000, 1),
        ]
        for (samples, rate, channels) in hard {
            let features = try LikenessSignals.analyze(samples, rate: rate, channels: channels)
            let values = features.similarity?.values ?? []
            #expect(values.allSatisfy { abs($0) <= SimilarityVector.largest })
            #expect(samples.allSatisfy { abs($0) < 1e-9 } || values.count == SimilarityVector.length)
        }
    }

    @Test func `it is in the JSON when asked for, and survives it`() throws {
        let features = try LikenessSignals.analyze(Signals.kick())
        let json = try JSONEncoder().encode(features)
        let read = try JSONDecoder().decode(AudioFeatures.self, from: json)
        #expect(read.similarity == features.similarity && read.fingerprint == features.fingerprint)
        let plain = try JSONEncoder().encode(AudioAnalysis.analyze(Signals.kick(), sampleRate: 44_100))
        #expect(!String(decoding: plain, as: UTF8.self).contains("similarity"))
    }

    @Test func `a vector of another length or with values none has is refused`() {
        #expect(SimilarityVector([0, 1]) == nil)
        #expect(SimilarityVector([Float](repeating: 3, count: SimilarityVector.length)) == nil)
        #expect(SimilarityVector([Float](repeating: .nan, count: SimilarityVector.length)) == nil)
        let short = Data(#"{"version": 1, "vector": [0, 0.5]}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(SimilarityVector.self, from: short) }
    }

    @Test func `what two sounds share is told in words`() throws {
        let a = SoundSummary(duration: 2, kind: .loop, bpm: 120, key: Key(.a, .minor))
        let b = SoundSummary(duration: 4, kind: .loop, bpm: 60, key: Key(.a, .minor))
        #expect(a.shared(with: b).map(\.description) == ["same key (A minor)", "half or double tempo"])
        let kick = SoundSummary(try LikenessSignals.analyze(Signals.kick()))
        #expect(kick.shared(with: kick).contains(.similarSpectrum) && kick.shared(with: kick).contains(.bothShort))
    }

    private func vector(_ samples: [Float], rate: Double = 44_100) throws -> SimilarityVector {
        try #require(LikenessSignals.analyze(samples, rate: Int(rate)).similarity)
    }
}

enum LikenessSignals {
    static func analyze(_ samples: [Float], rate: Int = 44_100, channels: Int = 1) throws -> AudioFeatures {
        try AudioAnalysis.analyze(
            samples, sampleRate: rate, channels: channels, options: .init(similarity: true, fingerprint: true))
    }

    /// A tone and noise that die away in a third of a second; every stroke has its own noise.
    static func snare(seed: UInt64 = 1) -> [Float] {
        let noise = Signals.noise(amplitude: 0.4, seconds: 0.5, seed: seed)
        return noise.enumerated().map { index, value in
            let time = Double(index) / 44_100
            return Float(exp(-time / 0.08)) * value + Float(0.4 * exp(-time / 0.05) * sin(2 * .pi * 190 * time))
        }
    }
}
