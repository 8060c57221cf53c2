import Foundation
import Testing

@testable import AudioCore

@Suite struct FeatureExtractorTests {
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `any portions give the same bits as the whole at once`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let channels = Int.random(in: 1...3, using: &random)
        let frames = Int.random(in: 1...60_000, using: &random)
        let noise = Signals.noise(amplitude: 0.9, seconds: 2, rate: 90_000, seed: seed).prefix(frames * channels)
        let samples = noise.enumerated().map { $1 * Float(exp(-Double($0 % 20_000) / 3000)) }
        let whole = try observe(samples, channels: channels) { $0 }
        let portions = try observe(samples, channels: channels) { left in
            min(left, [1, 7, 512, 4095, 4096, 65_536].randomElement(using: &random) ?? 1)
        }
        #expect(whole.features == portions.features)
        #expect(whole.frames == portions.frames)
        // Shape, chroma, contrast and cepstrum of every frame.
        #expect(whole.frames.count == 4 * (1 + frames / 512))
    }

    @Test func `stereo of twice the same is the mono, 3 LU louder`() throws {
        let loop = Signals.beats(bpm: 120, seconds: 2, sound: Signals.click())
        let mono = try AudioAnalysis.analyze(loop, sampleRate: 44_100)
        let stereo = try AudioAnalysis.analyze(loop.flatMap { [$0, $0] }, sampleRate: 44_100, channels: 2)
        #expect(stereo.timbre == mono.timbre)
        #expect(stereo.loudness.truePeak == mono.loudness.truePeak)
        #expect(stereo.bpm == mono.bpm)
        #expect(
            abs(try #require(stereo.loudness.integrated) - (try #require(mono.loudness.integrated)) - 3.0103) < 0.001)
    }

    @Test func `dual mono is measured as both loudspeakers playing it`() throws {
        let tone = Signals.sine(997, seconds: 1)
        let mono = try AudioAnalysis.analyze(tone, sampleRate: 44_100).loudness
        let dual = try AudioAnalysis.analyze(
            tone, sampleRate: 44_100, options: AnalysisOptions(dualMono: true)
        ).loudness
        for (one, both) in [(mono.integrated, dual.integrated), (mono.momentaryMaximum, dual.momentaryMaximum)] {
            #expect(abs(try #require(both) - (try #require(one)) - 3.0103) < 0.001)
        }
        #expect(dual.truePeak == mono.truePeak && dual.samplePeak == mono.samplePeak)
    }

    @Test func `the channel mask says which channels surround`() throws {
        func loudness(mask: UInt32?) throws -> Double {
            let stream = AudioStream(format: .wav, sampleRate: 44_100, channels: 4, bitDepth: 16, channelMask: mask)
            let extractor = FeatureExtractor(stream: stream)
            let frames: [Float] = Signals.sine(997, seconds: 1).flatMap { [0, 0, $0, 0] }
            try frames.withUnsafeBufferPointer { try extractor.push($0) }
            return try #require(extractor.finish().loudness.integrated)
        }
        // Left, right, centre, LFE: the third is a front channel. Left, right, back left, back right: it surrounds.
        let (front, surround) = try (loudness(mask: 0b1111), loudness(mask: 0b11_0011))
        #expect(abs(surround - front - 10 * log10(1.41)) < 0.001)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, 1e30])
    func `a sample that is no number is an error`(value: Float) {
        var samples = Signals.sine(440, seconds: 0.2)
        samples[5000] = value
        #expect(throws: AudioError.self) { try AudioAnalysis.analyze(samples, sampleRate: 44_100) }
    }

    @Test func `no samples are an error`() {
        #expect(throws: AudioError.self) { try AudioAnalysis.analyze([], sampleRate: 44_100) }
    }

    @Test func `a cancelled task stops`() async {
        let samples = Signals.silence(seconds: 1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try AudioAnalysis.analyze(samples, sampleRate: 44_100)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `loops, songs and one-shots are told apart`() throws {
        let loop = Signals.beats(bpm: 128, seconds: 8 * 60 / 128, sound: Signals.click())
        #expect(try AudioAnalysis.analyze(loop, sampleRate: 44_100).kind == .loop)
        let hit = try AudioAnalysis.analyze(Signals.kick(), sampleRate: 44_100)
        #expect(hit.kind == .oneShot && hit.rhythm.tempo == nil && hit.rhythm.beats.isEmpty)
        #expect(SoundKind(duration: 30.1, hasTempo: false) == .song)
        #expect(SoundKind(duration: 30, hasTempo: false) == .oneShot)
        #expect(SoundKind(duration: 0.99, hasTempo: true) == .oneShot)
    }

    private func observe(
        _ samples: [Float], channels: Int, portion: (Int) -> Int
    ) throws -> (features: AudioFeatures, frames: [FrameValues]) {
        let stream = AudioStream(format: .wav, sampleRate: 44_100, channels: channels, bitDepth: 16)
        var frames: [FrameValues] = []
        let extractor = FeatureExtractor(
            stream: stream, format: .wav, options: AnalysisOptions(waveformPoints: 40)
        ) { frames.append($0) }
        var start = 0
        while start < samples.count {
            let count = portion((samples.count - start) / channels) * channels
            try samples[start..<start + count].withUnsafeBufferPointer { try extractor.push($0) }
            start += count
        }
        return (try extractor.finish(), frames)
    }
}
