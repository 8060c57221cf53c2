import Foundation
import Testing

@testable import AudioCore

@Suite struct LimiterTests {
    private struct Limited {
        var samples: [Float] = []
        var reduction = 0.0
        /// dBTP.
        var peak = 0.0
    }

    private func limit(
        _ samples: [Float], gain: Double, ceiling: Double, rate: Int = 48_000, channels: Int = 1, portion: Int? = nil
    ) -> Limited {
        var limiter = TruePeakLimiter(
            sampleRate: rate, channels: channels, gain: pow(10, gain / 20), ceiling: pow(10, ceiling / 20))
        var limited = Limited()
        let portion = portion ?? max(samples.count, channels)
        for start in stride(from: 0, to: samples.count, by: portion) {
            Array(samples[start..<min(start + portion, samples.count)]).withUnsafeBufferPointer { samples in
                limiter.push(samples) { limited.samples += $0 }
            }
        }
        limiter.finish { limited.samples += $0 }
        limited.reduction = limiter.largestReduction
        var meter = LevelMeter(sampleRate: rate, layout: .standard(channels: channels))
        limited.samples.withUnsafeBufferPointer { meter.push($0) }
        limited.peak = meter.finish().peakLevel ?? -.infinity
        return limited
    }

    @Test(arguments: [-1, -6], [3, 6, 12] as [Double])
    func `noise, clicks, kicks and steps stay under the ceiling`(ceiling: Double, gain: Double) {
        var clicks = Signals.silence(seconds: 0.5, rate: 48_000)
        for place in stride(from: 0, to: clicks.count, by: 997) { clicks[place] = place.isMultiple(of: 2) ? 1 : -1 }
        let square = (0..<24_000).map { Float($0 % 300 < 150 ? 0.9 : -0.9) }
        for sound in [
            Signals.noise(amplitude: 1, seconds: 0.5), clicks, Signals.kick(rate: 48_000), square, [1], [-1, 1],
        ] {
            let limited = limit(sound, gain: gain, ceiling: ceiling)
            #expect(limited.peak <= ceiling + 0.03)
            #expect(limited.samples.count == sound.count && limited.samples.allSatisfy { $0.isFinite })
        }
    }

    @Test func `what stays under the ceiling is the input times the gain, in its place`() {
        let sound = Signals.noise(amplitude: 0.1, seconds: 0.3)
        let limited = limit(sound, gain: 6, ceiling: -1)
        let gain = Float(pow(10, 6.0 / 20))
        #expect(limited.samples == sound.map { $0 * gain } && limited.reduction == 0)
    }

    @Test(arguments: [50, 100, 1_000, 10_000] as [Double])
    func `a tone is lowered and not bent: its distortion is below -80 dB`(frequency: Double) {
        // Full scale, and 6 dB too loud: all of it is limited.
        let limited = limit(Signals.sine(frequency, amplitude: 1, seconds: 1, rate: 48_000), gain: 6, ceiling: -1)
        // A tone that begins at once overshoots there.
        #expect((6.95...7.5).contains(limited.reduction))
        let middle = limited.samples[19_200..<43_200].map { Double($0) }
        let level = pow(10, -1.0 / 20)
        // The part that is the tone, by its sine and cosine; the rest is distortion.
        let step = 2 * Double.pi * frequency / 48_000
        let sine = middle.indices.map { middle[$0] * sin(step * Double($0)) }.reduce(0, +) * 2 / 24_000
        let cosine = middle.indices.map { middle[$0] * cos(step * Double($0)) }.reduce(0, +) * 2 / 24_000
        let rest = middle.indices.map { index in
            pow(middle[index] - sine * sin(step * Double(index)) - cosine * cos(step * Double(index)), 2)
        }
        #expect(10 * log10(rest.reduce(0, +) / 24_000 / (level * level / 2)) < -80)
        #expect(abs(hypot(sine, cosine) / level - 1) < 0.01)
    }

    @Test func `the gain moves smoothly, ahead of a hit and after it`() {
        // A quiet constant with one loud hit shows the gain itself.
        var sound = [Float](repeating: 0.01, count: 48_000)
        for index in 0..<48 { sound[24_000 + index] = 1 }
        let limited = limit(sound, gain: 0, ceiling: -12)
        let gains = (0..<48_000).map { limited.samples[$0] / sound[$0] }
        #expect(gains[..<23_700].allSatisfy { $0 == 1 }, "no sooner than 5 ms before")
        #expect(gains[24_000..<24_048].allSatisfy { $0 < 0.252 })
        let steps = zip(gains, gains.dropFirst()).map { abs($0 - $1) }
        // From 1 to ¼ in 240 frames by a triangle: its steepest step is twice the mean one.
        #expect(steps.max() ?? 1 < 0.0065)
        let bends = zip(steps, steps.dropFirst()).map { abs($0 - $1) }
        #expect(bends.max() ?? 1 < 2e-4)
        #expect(gains[43_000] > 0.95 && gains[47_999] <= 1, "lets go")
    }

    @Test func `channels keep their balance`() {
        let samples = Signals.noise(amplitude: 1, seconds: 0.3).flatMap { [$0, $0 * 0.25] }
        let limited = limit(samples, gain: 6, ceiling: -3, channels: 2)
        for frame in 0..<samples.count / 2 {
            #expect(abs(limited.samples[2 * frame] * 0.25 - limited.samples[2 * frame + 1]) < 1e-6)
        }
        #expect(limited.peak <= -2.97)
    }

    @Test(arguments: [1, 2, 8])
    func `any portions give the same bits`(channels: Int) {
        let samples = (0..<channels).map { Signals.noise(amplitude: 1, seconds: 0.1, seed: UInt64($0 + 1)) }
        let interleaved = samples[0].indices.flatMap { frame in samples.map { $0[frame] } }
        let whole = limit(interleaved, gain: 6, ceiling: -1, channels: channels).samples
        for portion in [1, 63, 1_024, 3_001] {
            let parts = limit(interleaved, gain: 6, ceiling: -1, channels: channels, portion: portion * channels)
                .samples
            #expect(parts == whole, "portions of \(portion)")
        }
    }

    @Test(arguments: [8_000, 44_100, 96_000, 192_000, 384_000])
    func `every rate is kept under the ceiling`(rate: Int) {
        let limited = limit(
            Signals.noise(amplitude: 1, seconds: 0.2, rate: Double(rate)), gain: 9, ceiling: -1, rate: rate)
        #expect(limited.peak <= -0.97 && limited.peak > -1.5)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the gain is never above what a frame needs`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var envelope = GainEnvelope(sampleRate: 8_000)
        let needs = (0..<2_000).map { _ in
            Double.random(in: 0...1, using: &random) < 0.02 ? Double.random(in: 0.05...1, using: &random) : 1
        }
        let gains = (needs + Array(repeating: 1, count: envelope.delay)).map { envelope.next($0) }
        for (index, need) in needs.enumerated() { #expect(gains[index + envelope.delay] <= need) }
        #expect(gains.contains { $0 < 1 } && gains.allSatisfy { $0 > 0 && $0 <= 1 })
    }
}
