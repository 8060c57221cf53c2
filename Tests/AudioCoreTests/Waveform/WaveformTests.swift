import Testing

@testable import AudioCore

@Suite struct WaveformTests {
    @Test func `a file with fewer samples than points gives each sample`() {
        #expect(waveform([0.5, -0.25, 0], points: 800) == WaveformPeaks(min: [0.5, -0.25, 0], max: [0.5, -0.25, 0]))
    }

    @Test(arguments: [801, 12_799, 12_800, 16_384, 16_385, 100_000])
    func `any length gives exactly the points that were asked for`(count: Int) {
        let peaks = waveform((0..<count).map { Float($0) / Float(count) }, points: 800)
        #expect(peaks.min.count == 800 && peaks.max.count == 800)
        #expect(peaks.min.first == 0)
        #expect(zip(peaks.min, peaks.max).allSatisfy { $0 <= $1 })
        // A ramp: point p ends at (p + 1)/800, up to an eighth of a point or one sample, and the rounding.
        let limit = max(1 / Float(count), 0.125 / 800) + 1 / Float(count) + 1e-4
        for (point, value) in peaks.max.enumerated() {
            #expect(abs(value - Float(point + 1) / 800) <= limit)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no sample is lost and none is made up`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let noise = Signals.noise(amplitude: 1, seconds: .random(in: 0.01...2, using: &random), seed: seed)
        let peaks = waveform(noise, points: 50)
        #expect(abs((peaks.min.min() ?? 0) - (noise.min() ?? 0)) <= 5.1e-5)
        #expect(abs((peaks.max.max() ?? 0) - (noise.max() ?? 0)) <= 5.1e-5)
    }

    private func waveform(_ samples: [Float], points: Int) -> WaveformPeaks {
        var meter = WaveformMeter(points: points)
        meter.push(samples.span)
        return meter.finish()
    }
}
