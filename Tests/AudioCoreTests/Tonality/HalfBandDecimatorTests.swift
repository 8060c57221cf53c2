import Foundation
import Testing

@testable import AudioCore

@Suite struct HalfBandDecimatorTests {
    @Test(arguments: [(8_000.0, 0), (32_000, 0), (44_100, 1), (48_000, 1), (96_000, 2), (192_000, 3), (384_000, 4)])
    func `a rate is halved as often as it is 44_1 kHz or more`(rate: Double, times: Int) {
        #expect(HalfBandDecimator.chain(sampleRate: rate, largestBlock: 64).count == times)
    }

    @Test(arguments: [50.0, 1_000, 3_000, 5_200])
    func `notes pass within 0_02 dB`(frequency: Double) {
        #expect(abs(decibels(frequency)) < 0.02)
    }

    @Test(arguments: [16_850.0, 18_000, 20_000, 22_000])
    func `what would fold onto notes is 70 dB lower`(frequency: Double) {
        #expect(decibels(frequency) < -70)
    }

    @Test(arguments: [[1], [7, 1, 64], [64, 3]])
    func `the same samples give the same bits in any portions`(portions: [Int]) {
        let noise = Signals.noise(seconds: 0.1)
        #expect(halve(noise, portions: portions) == halve(noise, portions: [64]))
    }

    @Test func `two samples make one`() {
        // The seven last ones wait for the samples after them.
        #expect(halve(Signals.noise(seconds: 1), portions: [64]).count == 22_050 - 4)
    }

    /// Level of a sine of amplitude 1 after one stage, away from both ends.
    private func decibels(_ frequency: Double) -> Double {
        let output = halve(Signals.sine(frequency, amplitude: 1, seconds: 0.5), portions: [64])
        let power = output[100..<10_100].reduce(0.0) { $0 + Double($1) * Double($1) } / 10_000
        return 10 * log10(2 * power)
    }

    private func halve(_ signal: [Float], portions: [Int]) -> [Float] {
        let stage = HalfBandDecimator(largestBlock: 64)
        var (output, start, turn) = ([Float](), 0, 0)
        while start < signal.count {
            let end = min(start + portions[turn % portions.count], signal.count)
            signal[start..<end].withUnsafeBufferPointer { output += stage.push($0) }
            (start, turn) = (end, turn + 1)
        }
        return output
    }
}
