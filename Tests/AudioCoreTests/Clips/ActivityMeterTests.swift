import Foundation
import Testing

@testable import AudioCore

@Suite struct ActivityMeterTests {
    @Test func `the level of a sine is 3 dB under its amplitude`() throws {
        let peak = try #require(activity(Signals.sine(1_000, amplitude: 1, seconds: 1)).peakLevel)
        #expect(abs(peak + 3.01) < 0.02)
    }

    @Test func `an offset is not loud, and opposite phases are`() throws {
        #expect(activity(Array(repeating: 0.5, count: 44_100)).peakLevel == nil)
        let sine = Signals.sine(1_000, amplitude: 1, seconds: 1)
        let opposite = try #require(activity(sine.flatMap { [$0, -$0] }, channels: 2).peakLevel)
        #expect(abs(opposite + 3.01) < 0.02)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `any portions give the same bits`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let channels = Int.random(in: 1...8, using: &random)
        let noise = Signals.noise(seconds: 0.5, seed: seed)
        let samples = Array(noise.prefix(noise.count / channels * channels))
        let whole = activity(samples, channels: channels, portion: samples.count)
        #expect(whole.frames == samples.count / channels)
        for portion in [1, 7, 511, 512, 513, 4_096] {
            #expect(activity(samples, channels: channels, portion: portion) == whole)
        }
    }

    @Test(arguments: [(8_000, 128), (22_050, 256), (44_100, 512), (48_000, 512), (96_000, 1_024), (384_000, 4_096)])
    func `a hop lasts about as long at any rate`(rate: Int, hop: Int) {
        #expect(ActivityCurve.hop(sampleRate: rate) == hop)
    }

    @Test func `digital silence after sound does not slow down or leave an echo`() {
        let curve = activity(Signals.sine(30, amplitude: 1, seconds: 1) + Signals.silence(seconds: 5))
        #expect(curve.hops.last == 0)
        #expect(curve.hops.allSatisfy { $0.isFinite })
    }
}
