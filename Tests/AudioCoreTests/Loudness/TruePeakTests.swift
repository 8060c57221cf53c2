import Foundation
import Testing

@testable import AudioCore

@Suite struct TruePeakTests {
    @Test(arguments: EBUVectors.truePeak, [44_100, 48_000, 96_000, 192_000])
    func `EBU Tech 3341: true peak`(vector: EBUVectors.TruePeak, rate: Int) throws {
        let level = try #require(decibels(vector.samples(rate: rate), rate: rate))
        #expect(level <= vector.expect + vector.tolerance_plus)
        #expect(level >= vector.expect - vector.tolerance_minus)
    }

    @Test(arguments: Reference.all)
    func `agrees with libebur128`(name: String) throws {
        let reference = try Reference(name)
        let level = decibels(reference.signal(), rate: reference.sample_rate)
        // Filters differ where there is much above a quarter of the rate.
        let isBroad = name.hasPrefix("noise") || ["dc", "square_110"].contains(name) || name.hasPrefix("chirp")
        switch (level, reference.loudness.true_peak_dbtp) {
        case (let level?, let expected?): #expect(abs(level - expected) <= (isBroad ? 0.4 : 0.15))
        case (let level, let expected): #expect(level == expected)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `leaving out quiet stretches does not change the peak`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let noise = Signals.noise(amplitude: 1, seconds: 0.05, seed: seed)
        let signal = noise.map { $0 * Float.random(in: 0...1, using: &random) }
        // Pushed back to front, other stretches are left out; the filter is symmetric.
        let (forward, backward) = (peak(signal, rate: 44_100), peak(signal.reversed(), rate: 44_100))
        #expect(abs(forward - backward) <= 2e-6 * forward)
    }

    @Test func `the peak of one channel is the peak of all`() {
        var meter = TruePeakMeter(sampleRate: 44_100, channels: 2, largestBlock: 64)
        let planar = [Float](repeating: 0.1, count: 64) + [Float](repeating: 0.5, count: 64)
        planar.withUnsafeBufferPointer { samples in
            if let base = samples.baseAddress { meter.push(base, stride: 64, count: 64) }
        }
        meter.finish()
        #expect(meter.peak >= 0.5)
    }

    private func peak(_ signal: [Float], rate: Int) -> Float {
        var meter = TruePeakMeter(sampleRate: Double(rate), channels: 1, largestBlock: signal.count)
        signal.withUnsafeBufferPointer { samples in
            if let base = samples.baseAddress { meter.push(base, stride: samples.count, count: samples.count) }
        }
        meter.finish()
        return meter.peak
    }

    private func decibels(_ signal: [Float], rate: Int) -> Double? {
        let peak = peak(signal, rate: rate)
        return peak > 0 ? 20 * log10(Double(peak)) : nil
    }
}

extension EBUVectors.TruePeak {
    /// The sine described in words: "sine fs/4, phase 45 degrees, amplitude 0.5, with 10 ms fades".
    func samples(rate: Int) throws -> [Float] {
        let words = signal.split(whereSeparator: { " ,".contains($0) })
        let divisor = try #require(Double(words[1].dropFirst(3)))
        let phase = try #require(Double(words[3])) / 180 * .pi
        let amplitude = try #require(Double(words[6]))
        let count = rate / 4
        let fade = Double(rate) / 100
        return (0..<count).map { index in
            let edge = min(1, Double(min(index, count - 1 - index)) / fade)
            return Float(amplitude * edge * sin(2 * .pi * Double(index) / divisor + phase))
        }
    }
}
