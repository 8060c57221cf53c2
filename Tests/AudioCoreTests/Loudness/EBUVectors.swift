import Foundation
import Testing

@testable import AudioCore

/// The cases of EBU Tech 3341 and 3342 in `Tests/Vectors/audio/ebu-loudness.json`.
enum EBUVectors {
    struct Loudness: Decodable, Sendable, CustomTestStringConvertible {
        var id: String
        var measure: String
        var channels: Int
        var segments: [Segment]
        var expect: Double
        var tolerance: Double

        var testDescription: String { id }
    }

    struct Segment: Decodable, Sendable {
        var levels: [Double]
        var seconds: Double

        private enum CodingKeys: CodingKey { case dbfs, seconds }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            seconds = try container.decode(Double.self, forKey: .seconds)
            // One level for all channels, or one for each.
            levels =
                try (try? container.decode([Double].self, forKey: .dbfs))
                ?? [container.decode(Double.self, forKey: .dbfs)]
        }
    }

    struct TruePeak: Decodable, Sendable, CustomTestStringConvertible {
        var id: String
        var signal: String
        var expect: Double
        var tolerance_plus: Double
        var tolerance_minus: Double
        var sample_peak_dbfs: Double

        var testDescription: String { id }
    }

    private struct File: Decodable {
        var loudness: [Loudness]
        var true_peak: [TruePeak]
    }

    private static let file: File? = try? JSONDecoder().decode(
        File.self, from: Data(contentsOf: Vectors.tests.appending(path: "Vectors/audio/ebu-loudness.json")))

    static let loudness = file?.loudness ?? []
    static let truePeak = file?.true_peak ?? []
    static let rates = [44_100, 48_000, 96_000, 192_000]
}

extension EBUVectors.Loudness {
    /// A sine of 1 kHz, the same phase in every channel, measured from front to back.
    ///
    /// All segments last a multiple of 10 ms, ten periods: each begins at phase 0, and every second of it is
    /// the same.
    func measured(rate: Int) -> LoudnessMeter {
        var meter = LoudnessMeter(sampleRate: Double(rate), layout: .standard(channels: channels))
        let second = Signals.sine(1000, amplitude: 1, seconds: 1, rate: Double(rate))
        var planar = [Float]()
        var levels: [Double]?
        for segment in segments {
            if segment.levels != levels {
                levels = segment.levels
                planar = (0..<channels).flatMap { channel in
                    let level = segment.levels[min(channel, segment.levels.count - 1)]
                    return second.map { $0 * Float(pow(10, level / 20)) }
                }
            }
            var left = Int((segment.seconds * Double(rate)).rounded())
            while left > 0 {
                meter.push(planar, stride: rate, count: min(left, rate))
                left -= rate
            }
        }
        return meter
    }

    /// What the case is about.
    func reading(_ meter: LoudnessMeter) -> Double? {
        switch measure {
        case "I": meter.integrated
        case "LRA": meter.range
        case "S after 3 s": meter.shortTermMaximum
        case "M after 1 s": meter.momentaryMaximum
        default: nil
        }
    }
}
