import Foundation
import Testing

@testable import AudioCore

@Suite struct PitchPeakTests {
    @Test func `the frame is the power of two nearest to 0_37 s`() {
        let lengths = [8_000.0, 22_050, 24_000, 32_000].map { PitchPeakMeter.frameLength(sampleRate: $0) }
        #expect(lengths == [4096, 8192, 8192, 16_384])
    }

    @Test(arguments: [41.3, 57.8, 69, 80.5, 98.2])
    func `a sine's pitch and height are read off its peak`(pitch: Double) throws {
        let peaks = measure(Signals.sine(440 * pow(2, (pitch - 69) / 12), amplitude: 0.5, seconds: 1))
        let highest = try #require(peaks.heights.indices.max { peaks.heights[$0] < peaks.heights[$1] })
        #expect(abs(Double(peaks.pitches[highest]) - pitch) < 0.02)
        // The parabola lifts a peak between two bins to within 0.3 dB.
        #expect(abs(peaks.heights[highest] / 0.5 - 1) < 0.035)
    }

    @Test func `at most sixty peaks a frame are kept, the highest ones`() {
        let peaks = measure(Signals.noise(seconds: 1))
        #expect(peaks.frames == 7)
        for frame in 0..<peaks.frames {
            let heights = peaks.range(of: frame).map { peaks.heights[$0] }
            #expect(heights.count == 64)
            #expect(heights.filter { $0 > 0 }.count == 60)
        }
    }

    @Test func `a short file is one frame`() {
        #expect(measure(Signals.sine(440, seconds: 0.1)).frames == 1)
        #expect(measure([]).frames == 0)
    }

    @Test(arguments: [1, 100, 4096])
    func `the same samples give the same bits in any portions`(portion: Int) {
        let chord = Signals.chord([48, 55, 64], seconds: 1)
        let whole = measure(chord)
        let parts = measure(chord, portion: portion)
        #expect(whole.pitches == parts.pitches && whole.heights == parts.heights && whole.weights == parts.weights)
    }

    @Test func `vectors of exponentials and turns match the library's`() {
        for step in -80...80 {
            let x = Float(step) + 0.3
            #expect(abs(Lanes(repeating: x).exponential[3] / exp(x) - 1) < 4e-7)
            let turn = Double(step) / 160
            let result = Lanes(repeating: Float(turn)).turn
            #expect(abs(Double(result.cosine[0]) - cos(2 * .pi * turn)) < 1e-6)
            #expect(abs(Double(result.sine[7]) - sin(2 * .pi * turn)) < 1e-6)
            #expect(Lanes(repeating: x).nearestInteger[1] == x.rounded())
        }
    }

    private func measure(_ signal: [Float], portion: Int? = nil) -> PitchPeaks {
        let block = portion ?? max(1, signal.count)
        var meter = PitchPeakMeter(sampleRate: 44_100, largestBlock: block)
        for start in stride(from: 0, to: signal.count, by: block) {
            meter.push(signal.span.extracting(start..<min(start + block, signal.count)))
        }
        meter.finish()
        return meter.peaks
    }
}
