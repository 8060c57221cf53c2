import Foundation
import Testing

/// The cases of EBU Tech 3341 in `Tests/Vectors/audio/ebu-loudness.json`.
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

        var testDescription: String { id }
    }

    private struct File: Decodable {
        var loudness: [Loudness]
        var true_peak: [TruePeak]
    }

    private static let file: File? = try? JSONDecoder().decode(
        File.self, from: Data(contentsOf: Vectors.tests.appending(path: "Vectors/audio/ebu-loudness.json")))

    static let integrated = file?.loudness.filter { $0.measure == "I" } ?? []
    static let truePeak = file?.true_peak ?? []

    /// Unoptimised code takes minutes for all rates: there one must do.
    #if DEBUG
    static let rates = [48_000]
    #else
    static let rates = [44_100, 48_000, 96_000, 192_000]
    #endif
}

extension EBUVectors.Loudness {
    /// A sine of 1 kHz, the same phase in every channel, interleaved.
    func signal(rate: Int) -> [Float] {
        let second = (0..<rate).map { sin(2 * .pi * 1000 * Double($0) / Double(rate)) }
        var (signal, index) = ([Float](), 0)
        for segment in segments {
            let gains = (0..<channels).map { channel in
                pow(10, segment.levels[min(channel, segment.levels.count - 1)] / 20)
            }
            for _ in 0..<Int((segment.seconds * Double(rate)).rounded()) {
                for gain in gains { signal.append(Float(gain * second[index])) }
                index = (index + 1) % rate
            }
        }
        return signal
    }
}
