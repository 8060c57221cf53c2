import Foundation
import Testing

@testable import AudioCore

@Suite struct SpectrumTests {
    private struct Blocks: Decodable {
        struct Mel: Decodable {
            var edges_hz: [Double]
            var row_sum: [Double]
        }
        var hann_2048_periodic: [String: Double]
        var mel_44100: Mel
        var mel_48000: Mel
        var mel_22050: Mel
    }

    @Test func `the window is librosa's`() throws {
        let window = HannWindow.shared(size: 2048).samples.array
        for (index, value) in try blocks().hann_2048_periodic {
            #expect(abs(Double(window[try #require(Int(index))]) - value) < 1e-6)
        }
    }

    @Test func `the mel bands are librosa's`() throws {
        let blocks = try blocks()
        for (rate, mel) in [(44_100.0, blocks.mel_44100), (48_000, blocks.mel_48000), (22_050, blocks.mel_22050)] {
            let bank = MelBank(sampleRate: rate, frameLength: 2048)
            #expect(zip(bank.edges, mel.edges_hz).allSatisfy { abs($0 - $1) <= 1e-6 * $1 })
            let flat = AlignedBuffer([Float](repeating: 1, count: 1040))
            let sums = AlignedBuffer(count: bank.bands)
            bank.apply(to: flat.base, into: sums.base)
            #expect(zip(sums.array, mel.row_sum).allSatisfy { abs(Double($0) - $1) <= 1e-5 * $1 })
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `the fast logarithm is the logarithm`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let exponent = Float.random(in: -30...30, using: &random)
            let value = Foundation.pow(10, exponent)
            let fast = Lanes(repeating: value).naturalLogarithm[0]
            #expect(abs(fast - Foundation.log(value)) <= 2e-7 * max(1, abs(fast)))
        }
    }

    @Test func `mean and deviation of few and of large values`() {
        var statistics = RunningStatistics()
        #expect(statistics.mean == 0 && statistics.standardDeviation == 0)
        for value in [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16] { statistics.add(value) }
        #expect(statistics.mean == 1e9 + 10)
        #expect(abs(statistics.standardDeviation - 22.5.squareRoot()) < 1e-9)
    }

    private func blocks() throws -> Blocks {
        try JSONDecoder().decode(Blocks.self, from: Data(contentsOf: Reference.folder("building_blocks.json")))
    }
}
