import Foundation
import Testing

@testable import AudioCore

@Suite struct TruePeakTests {
    @Test(arguments: EBUVectors.truePeak, EBUVectors.rates)
    func `EBU Tech 3341: true peak`(vector: EBUVectors.TruePeak, rate: Int) throws {
        let meter = measured(try vector.samples(rate: rate), rate: rate)
        let level = try #require(decibels(meter.peak))
        #expect(level <= vector.expect + vector.tolerance_plus)
        #expect(level >= vector.expect - vector.tolerance_minus)
        // Full scale is 0 dBFS; the vectors round to 0.01 dB.
        #expect(abs(try #require(decibels(meter.samplePeak)) - vector.sample_peak_dbfs) <= 0.01)
    }

    @Test(arguments: Reference.all)
    func `agrees with libebur128`(name: String) throws {
        let reference = try Reference(name)
        let meter = measured(reference.signal(), rate: reference.sample_rate)
        // Filters differ where there is much above a quarter of the rate.
        let isBroad = name.hasPrefix("noise") || ["dc", "square_110"].contains(name) || name.hasPrefix("chirp")
        switch (decibels(meter.peak), reference.loudness.true_peak_dbtp) {
        case (let level?, let expected?): #expect(abs(level - expected) <= (isBroad ? 0.4 : 0.15))
        case (let level, let expected): #expect(level == expected)
        }
        switch (decibels(meter.samplePeak), reference.loudness.sample_peak_dbfs) {
        case (let level?, let expected?): #expect(abs(level - expected) <= 0.001)
        case (let level, let expected): #expect(level == expected)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `leaving out quiet stretches does not change the peak`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let noise = Signals.noise(amplitude: 1, seconds: 0.05, seed: seed)
        let signal = noise.map { $0 * Float.random(in: 0...1, using: &random) }
        // Pushed back to front, other stretches are left out; the filter is symmetric.
        let forward = measured(signal)
        let backward = measured(signal.reversed())
        #expect(abs(forward.peak - backward.peak) <= 2e-6 * forward.peak)
        #expect(forward.samplePeak == signal.map(\.magnitude).max())
    }

    @Test(arguments: [32, 64, 4096], [1, 5, 31, 32, 33, 43, 63, 64, 65, 4095, 4096, 4097, 9000])
    func `blocks of any multiple of 32 give the same bits as the whole at once`(block: Int, count: Int) {
        let signal = Array(Signals.noise(seconds: 1, seed: UInt64(count)).prefix(count))
        let whole = measured(signal)
        let portions = measured(signal, block: block)
        #expect(whole.peak == portions.peak && whole.samplePeak == portions.samplePeak)
    }

    @Test(arguments: [0, 3, 31, 32, 40, 63, 64, 95])
    func `a peak between samples is found wherever a block or stretch ends`(position: Int) {
        // The middle of two like samples lies 27 % above them.
        var signal = [Float](repeating: 0, count: 96)
        signal[position] = 0.5
        if position < 95 { signal[position + 1] = 0.5 }
        let meter = measured(signal, block: 64)
        #expect(meter.samplePeak == 0.5)
        #expect(position == 95 ? meter.peak == 0.5 : abs(meter.peak - 0.62) < 0.02)
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

    private func measured(_ signal: [Float], rate: Int = 44_100, block: Int? = nil) -> TruePeakMeter {
        let block = block ?? signal.count
        var meter = TruePeakMeter(sampleRate: Double(rate), channels: 1, largestBlock: block)
        signal.withUnsafeBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            for start in stride(from: 0, to: samples.count, by: block) {
                let count = min(block, samples.count - start)
                meter.push(base + start, stride: count, count: count)
            }
        }
        meter.finish()
        return meter
    }

    private func decibels(_ peak: Float) -> Double? { peak > 0 ? 20 * log10(Double(peak)) : nil }
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
