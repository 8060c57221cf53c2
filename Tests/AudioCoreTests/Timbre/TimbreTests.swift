import Foundation
import Testing

@testable import AudioCore

@Suite struct BandExtremesTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `means of the largest and smallest are those of the sorted values`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let total = Int.random(in: 1...1000, using: &random)
        let count = min(total, [1, 2, 3, 8, 9, 15, 20, 32].randomElement(using: &random) ?? 1)
        let steps: Float = Bool.random(using: &random) ? 4 : 1e6
        // Coarse steps make many equal values.
        let values = (0..<total).map { _ in
            (steps * Float.random(in: 0...1, using: &random)).rounded() / steps
                * (Bool.random(using: &random) ? 1 : 1e-6)
        }
        let (peak, valley) = measure(values, count)
        let sorted = values.sorted()
        #expect(isClose(peak, sorted.suffix(count).reduce(0, +) / Float(count)))
        #expect(isClose(valley, sorted.prefix(count).reduce(0, +) / Float(count)))
    }

    @Test(arguments: [Float(0.1), 0.3, 0.7])
    func `a peak is never below its valley`(value: Float) {
        for count in [2, 5, 14] {
            let (peak, valley) = measure([Float](repeating: value, count: 700), count)
            #expect(peak >= valley)
            #expect(isClose(peak, value) && isClose(valley, value))
        }
    }

    @Test func `silence has neither peaks nor valleys`() {
        let (peak, valley) = measure([Float](repeating: 0, count: 700), 14)
        #expect(peak == 0 && valley == 0)
    }

    @Test func `a band above the Nyquist frequency is empty`() {
        let ranges = SpectralContrastMeter.bandRanges(sampleRate: 8000, frameLength: 2048)
        #expect(ranges[6].bins.isEmpty)
        #expect(ranges[5].bins.upperBound <= 1025)
        let noise = Signals.noise(amplitude: 0.5, seconds: 1, rate: 8000, seed: 2)
        var analyzer = SpectralAnalyzer(sampleRate: 8000, largestBlock: noise.count)
        analyzer.push(noise.span)
        analyzer.finish()
        let contrast = analyzer.timbre.contrast
        #expect(contrast[6] == .zero && contrast[5].mean > 1)
    }

    private func measure(_ values: [Float], _ count: Int) -> (peak: Float, valley: Float) {
        // Something else lies around the band.
        let buffer = AlignedBuffer([9, 9, 9] + values + [Float](repeating: 7, count: 8))
        return BandExtremes(bins: 3..<3 + values.count, extremes: count).measure(buffer.base)
    }

    private func isClose(_ a: Float, _ b: Float) -> Bool { abs(a - b) <= 1e-4 * abs(b) + 1e-12 }
}

@Suite struct SortedWindowTests {
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `the median is that of the last rows`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let length = [1, 3, 9, 17].randomElement(using: &random) ?? 1
        let range: ClosedRange<Int16> = Bool.random(using: &random) ? -3...3 : -30_000...30_000
        let rows = (0..<60).map { _ in (0..<16).map { _ in Int16.random(in: range, using: &random) } }
        let window = SortedWindow(length: length, columns: 16)
        for (index, row) in rows.enumerated() {
            index < length ? window.insert(row) : window.replace(rows[index - length], with: row)
            guard index >= length - 1 else { continue }
            for column in 0..<16 {
                let values = rows[index - length + 1...index].map { $0[column] }.sorted()
                #expect(window.medians[column] == values[length / 2])
            }
        }
    }
}

@Suite struct HarmonicRatioTests {
    @Test func `a held tone is harmonic`() throws {
        #expect(try ratio(Signals.sine(440, seconds: 2)) > 0.95)
    }

    @Test func `clicks are percussive`() throws {
        #expect(try ratio(Signals.beats(bpm: 120, seconds: 4, sound: Signals.click())) < 0.2)
    }

    @Test func `noise is both`() throws {
        let ratio = try ratio(Signals.noise(amplitude: 0.5, seconds: 2, seed: 3))
        #expect((0.35...0.65).contains(ratio))
    }

    @Test func `a tone with clicks lies between`() throws {
        let tone = Signals.sine(440, seconds: 4)
        let clicks = Signals.beats(bpm: 120, seconds: 4, sound: Signals.click())
        let both = try ratio(zip(tone, clicks).map { 0.5 * $0 + $1 })
        #expect(try both < ratio(tone) && both > ratio(clicks))
    }

    @Test(arguments: [1, 500, 2048, 4096, 20_000])
    func `short sounds have a ratio too`(samples: Int) throws {
        let ratio = try ratio(Array(Signals.sine(440, seconds: 1).dropFirst(20).prefix(samples)))
        #expect((0...1).contains(ratio))
    }

    @Test func `the level does not matter`() throws {
        let sound = Signals.noise(amplitude: 0.5, seconds: 1, seed: 4)
        #expect(abs(try ratio(sound) - (try ratio(sound.map { $0 / 64 }))) < 1e-3)
    }

    private func ratio(_ samples: [Float]) throws -> Double {
        var analyzer = SpectralAnalyzer(sampleRate: 44_100, largestBlock: samples.count)
        analyzer.push(samples.span)
        analyzer.finish()
        let ratio = analyzer.harmonicRatio.ratio
        return try #require(ratio)
    }
}

@Suite struct MelCepstrumTests {
    @Test func `a full table is folded and the next one begun`() {
        let frame = AlignedLevels(count: MelSpectrum.bands)
        var meter = MelCepstrumMeter(keptFrames: 60, observer: nil)
        for index in 0..<150 {
            frame.base.update(repeating: Int16(index), count: MelSpectrum.bands)
            meter.push(frame.base, largest: 150)
        }
        meter.finish()
        let first = meter.statistics.summaries[0]
        // c0 of a flat spectrum is its level times √128; the clip, 70 dB, lifts all of them.
        #expect(meter.statistics.count == 150)
        #expect(abs(first.mean - 70 * 128.0.squareRoot()) < 1e-3 && first.standardDeviation < 1e-3)
    }
}
