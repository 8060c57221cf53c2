import Foundation
import Testing

@testable import AudioCore

@Suite struct QuantizerTests {
    private func steps(_ samples: [Float], _ depth: AudioEncoding.IntegerDepth, dithers: Bool = true) -> [Double] {
        var quantizer = Quantizer(depth, dithers: dithers)
        var output = [Int32](repeating: 0, count: samples.count)
        samples.withUnsafeBufferPointer { quantizer.quantize($0, to: &output) }
        return output.map { Double($0 >> Int32(32 - depth.rawValue)) }
    }

    @Test func `silence and samples on a step are not dithered`() {
        let samples = WritingTests.steps(10_000)
        #expect(steps(samples, .bits16) == samples.map { Double($0) * 32_768 })
        #expect(steps(Array(repeating: 0, count: 1_000), .bits16).allSatisfy { $0 == 0 })
    }

    @Test func `24 bits are rounded to the nearest step`() {
        let samples = Signals.noise(seconds: 0.1)
        let errors = zip(steps(samples, .bits24), samples).map { abs($0 - Double($1) * 8_388_608) }
        #expect(errors.max() ?? 1 <= 0.5)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `halves go away from zero, and what is next to a half does not`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let halves = (0..<1_000).map { _ in (Float(Int.random(in: -32_770...32_770, using: &random)) + 0.5) / 32_768 }
        let samples = halves + halves.map(\.nextUp) + halves.map(\.nextDown) + [0.5 / 32_768, (0.5 / 32_768).nextDown]
        let expected = samples.map { Double(max(-32_768, min(($0 * 32_768).rounded(), 32_767))) }
        #expect(steps(samples, .bits16, dithers: false) == expected)
    }

    @Test func `dither keeps what is smaller than a step: its mean is right`() {
        // A third of a step would always be rounded to silence.
        let samples = [Float](repeating: 0.3 / 32_768, count: 100_000)
        let dithered = steps(samples, .bits16)
        #expect(abs(dithered.reduce(0, +) / 100_000 - 0.3) < 0.01)
        #expect(Set(dithered) == [-1, 0, 1], "triangular over ±1 step")
        #expect(steps(samples, .bits16, dithers: false).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [0.1, 0.25, 0.37, 0.5] as [Float])
    func `the power of the error does not depend on the sample: a quarter of a step squared`(part: Float) {
        let samples = [Float](repeating: (100 + part) / 32_768, count: 100_000)
        let errors = zip(steps(samples, .bits16), samples).map { pow($0 - Double($1) * 32_768, 2) }
        #expect(abs(errors.reduce(0, +) / 100_000 - 0.25) < 0.01)
    }

    @Test(arguments: AudioEncoding.IntegerDepth.allCases)
    func `beyond full scale is cut, never wrapped, and counted`(depth: AudioEncoding.IntegerDepth) {
        var quantizer = Quantizer(depth, dithers: true)
        let samples: [Float] = [1, -1, 1.001, -1.001, 1_000_000, -.greatestFiniteMagnitude, 0.99]
        var output = [Int32](repeating: 0, count: samples.count)
        samples.withUnsafeBufferPointer { quantizer.quantize($0, to: &output) }
        let shift = Int32(32 - depth.rawValue)
        let (most, least) = ((Int32.max >> shift) << shift, Int32.min)
        #expect(output.prefix(6) == [most, least, most, least, most, least])
        #expect(quantizer.clipped == 4, "full scale itself is not beyond it")
    }
}
