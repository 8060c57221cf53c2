import Foundation
import Testing

@testable import AudioCore

@Suite struct ResamplerTests {
    static let pairs = [
        (44_100, 48_000), (48_000, 44_100), (22_050, 48_000), (96_000, 44_100), (8_000, 384_000), (384_000, 8_000),
        (44_100, 44_101),
    ]

    private func resample(
        _ samples: [Float], from: Int, to: Int, channels: Int = 1, portion: Int? = nil,
        quality: Resampler.Quality = .veryHigh
    ) throws -> [Float] {
        let resampler = try Resampler(from: from, to: to, channels: channels, quality: quality)
        var output: [Float] = []
        let portion = portion ?? max(samples.count, channels)
        for start in stride(from: 0, to: samples.count, by: portion) {
            try Array(samples[start..<min(start + portion, samples.count)]).withUnsafeBufferPointer { samples in
                try resampler.push(samples) { output += $0 }
            }
        }
        try resampler.finish { output += $0 }
        return output
    }

    /// How far from the tone samples are, away from both ends: its gain in dB, and all else in dB under it.
    private func compare(_ samples: [Float], _ tone: (Int) -> Double) -> (gain: Double, rest: Double) {
        let middle = samples.count / 4..<samples.count * 3 / 4
        let power = middle.map { pow(tone($0), 2) }.reduce(0, +)
        let gain = middle.map { Double(samples[$0]) * tone($0) }.reduce(0, +) / power
        let rest = middle.map { pow(Double(samples[$0]) - gain * tone($0), 2) }.reduce(0, +)
        return (20 * log10(gain), 10 * log10(rest / power))
    }

    @Test(arguments: pairs, [Resampler.Quality.high, .veryHigh])
    func `a sine stays the same sine, in its place`(rates: (from: Int, to: Int), quality: Resampler.Quality) throws {
        let lower = Double(min(rates.from, rates.to))
        for share in [0.01, 0.2, 0.44] {
            let sine = Signals.sine(share * lower, seconds: 0.5, rate: Double(rates.from))
            let output = try resample(sine, from: rates.from, to: rates.to, quality: quality)
            let step = 2 * Double.pi * share * lower / Double(rates.to)
            let (gain, rest) = compare(output) { 0.5 * sin(step * Double($0)) }
            #expect(abs(gain) < 0.01 && rest < -115, "\(share) of the rate: \(gain) dB, \(rest) dB")
        }
    }

    @Test(arguments: [(48_000, 44_100), (96_000, 44_100), (384_000, 8_000)])
    func `what the new rate cannot hold is gone`(rates: (from: Int, to: Int)) throws {
        let sine = Signals.sine(0.52 * Double(rates.to), seconds: 0.5, rate: Double(rates.from))
        let output = try resample(sine, from: rates.from, to: rates.to)
        let middle = output[output.count / 4..<output.count * 3 / 4]
        #expect(20 * log10(Double(middle.map { $0.magnitude }.max() ?? 1) / 0.5) < -110)
    }

    @Test(arguments: pairs)
    func `a constant stays what it is`(rates: (from: Int, to: Int)) throws {
        let output = try resample(Array(repeating: 0.5, count: rates.from / 2), from: rates.from, to: rates.to)
        #expect(output[output.count / 4..<output.count * 3 / 4].allSatisfy { abs($0 - 0.5) < 1e-6 })
    }

    @Test(arguments: [(44_100, 48_000), (48_000, 44_100), (44_100, 88_200)])
    func `an impulse stays at its time`(rates: (from: Int, to: Int)) throws {
        for second in [0.1, 0.25, 0.4] {
            var impulse = Signals.silence(seconds: 0.5, rate: Double(rates.from))
            impulse[Int(second * Double(rates.from))] = 1
            let output = try resample(impulse, from: rates.from, to: rates.to)
            let place = output.indices.max { output[$0] < output[$1] }
            #expect(place == Int(second * Double(rates.to)))
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `the length is that of the time, rounded, for any rates and lengths`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (from, to) = (
            Int.random(in: 8_000...200_000, using: &random), Int.random(in: 8_000...200_000, using: &random)
        )
        let frames = Int.random(in: 1...5_000, using: &random)
        let output = try resample(Array(repeating: 0.1, count: frames), from: from, to: to)
        #expect(output.count == max(1, Int((Double(frames) * Double(to) / Double(from)).rounded())), "\(from) → \(to)")
        #expect(output.allSatisfy { $0.isFinite })
    }

    @Test func `one sample and none at all have a length too`() throws {
        for (from, to) in Self.pairs {
            #expect(try resample([], from: from, to: to).isEmpty)
            #expect(try resample([0.5], from: from, to: to).count == max(1, (to + from / 2) / from))
        }
    }

    @Test(arguments: [(44_100, 48_000), (96_000, 22_050)], [1, 2, 8, 64])
    func `any portions give the same bits, and channels do not touch each other`(
        rates: (from: Int, to: Int), channels: Int
    ) throws {
        let mono = Signals.noise(seconds: 0.15, rate: 44_100)
        let samples = mono.flatMap { value in (0..<channels).map { value * Float($0 + 1) / Float(channels) } }
        let whole = try resample(samples, from: rates.from, to: rates.to, channels: channels)
        for portion in [1, 100, 2_048, 5_001] {
            let parts = try resample(
                samples, from: rates.from, to: rates.to, channels: channels, portion: portion * channels)
            #expect(parts == whole, "portions of \(portion)")
        }
        let alone = try resample(mono, from: rates.from, to: rates.to)
        let last = stride(from: channels - 1, to: whole.count, by: channels).map { whole[$0] }
        #expect(zip(alone, last).allSatisfy { abs($0 - $1) < 1e-6 } && alone.count == last.count)
    }

    @Test func `nonsense is refused`() {
        for rate in [0, -1, 999, 768_001, .max] {
            #expect(throws: ResamplerError.unsupportedRate(rate)) {
                try Resampler(from: rate, to: 48_000, channels: 2)
            }
            #expect(throws: ResamplerError.unsupportedRate(rate)) {
                try Resampler(from: 48_000, to: rate, channels: 2)
            }
        }
        for channels in [0, -1, 65] {
            #expect(throws: ResamplerError.unsupportedChannels(channels)) {
                try Resampler(from: 44_100, to: 48_000, channels: channels)
            }
        }
    }
}
