import Foundation
import Testing

@testable import AudioCore

@Suite struct PeakTracerTests {
    private func peak(_ samples: [Float], rate: Int = 48_000) -> Double {
        var meter = LevelMeter(sampleRate: rate, layout: .standard(channels: 1))
        samples.withUnsafeBufferPointer { meter.push($0) }
        return meter.finish().peakLevel ?? -.infinity
    }

    @Test(arguments: [0.02, 0.1, 0.2, 0.25, 0.3, 0.4], [0, 0.125, 0.3])
    func `the peak of a sine is its amplitude, wherever its samples fall`(frequency: Double, phase: Double) {
        // Faded in and out, so that nothing rings at the ends.
        let sine = (0..<9_600).map { index in
            let fade = pow(sin(.pi * Double(index) / 9_600), 2)
            return Float(fade * 0.5 * sin(2 * .pi * (frequency * Double(index) + phase)))
        }
        // The nearest of eight values a sample may be a sixteenth of one beside the crest; the shorter interpolator of
        // meters reads up to 0.05 dB too much.
        let beside = 20 * log10(cos(.pi * frequency / 8))
        #expect((beside - 0.01...0.05).contains(peak(sine) - 20 * log10(0.5)))
    }

    @Test(arguments: [44_100, 48_000, 96_000, 192_000])
    func `never below the meter of the standard's kind`(rate: Int) {
        let noise = Signals.noise(seconds: 0.2, rate: Double(rate))
        var meter = TruePeakMeter(sampleRate: Double(rate), channels: 1, largestBlock: noise.count)
        meter.push(noise, stride: noise.count, count: noise.count / 32 * 32)
        meter.finish()
        #expect(peak(Array(noise.prefix(noise.count / 32 * 32)), rate: rate) >= 20 * log10(Double(meter.peak)) - 0.01)
    }

    @Test func `each level belongs to its frame`() {
        var tracer = PeakTracer(sampleRate: 48_000, channels: 2)
        var samples = [Float](repeating: 0, count: 2 * PeakTracer.length)
        samples[2 * 500 + 1] = -0.5
        #expect(tracer.fill(samples, frames: PeakTracer.length) == PeakTracer.length && tracer.isFull)
        let levels = tracer.trace(floor: 0)
        let largest = (0..<PeakTracer.length).max { levels[$0] < levels[$1] }
        #expect(largest == 500 + PeakTracer.delay && levels[500 + PeakTracer.delay] == 0.5)
    }
}
