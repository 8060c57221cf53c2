import Foundation

/// What tells a beat from a drone, a hit, speech, noise and sounds at random.
///
/// The weights were fitted on half of: hits of drum kits, notes, pads, effects, synthetic speech, noise,
/// events at random times, few clicks (none has a tempo); made loops and songs, also played unevenly,
/// and half of the loops of a sample collection. On the other half 99.8 % of 491 hits and notes and
/// 97.4 % of 189 other files without a tempo say none; all of 45 made songs and 97.3 % of 150 loops have one.
/// Loose percussion of few strokes is what is lost most.
struct TempoPresence: Equatable {
    /// Largest comb value at any period.
    var strongestComb: Double
    /// How far the onsets' places on the beat are from chance. See ``regularity(of:period:)``.
    var regularity: Double
    /// Stretches that `regularity` is a mean of: chance evens out over many.
    var stretches: Int
    /// How much the file seems cut to its beats, 0…1.15. See ``loopness(_:beats:)``.
    var loopness: Double

    /// A tempo exists if this is 0 or more.
    var score: Double {
        4.656 * log(1 + regularity) + 2.712 * min(1, strongestComb) + 1.112 * log(Double(stretches))
            + 3.891 * loopness - 9.4
    }
}

extension TempoPresence {
    private static let stretch = 10.0
    private static let divisions = [1.0, 2, 3, 4, 6, 8, 12]

    /// How many stretches of about 10 s the onsets fill.
    static func stretches(_ onsets: [Double]) -> Int {
        guard let first = onsets.first, let last = onsets.last else { return 1 }
        return max(1, Int(((last - first) / stretch).rounded()))
    }

    /// Rayleigh's statistic n·R² of where onsets fall within a beat or its simplest divisions.
    ///
    /// Onsets by chance give about 1 however many they are, onsets on a grid give their number. The mean
    /// over stretches, so that a tempo that drifts does not count as chance; the division that gives most.
    ///
    /// - Parameters:
    ///   - onsets: seconds, ascending.
    ///   - period: seconds a beat.
    static func regularity(of onsets: [Double], period: Double) -> Double {
        guard let first = onsets.first, let last = onsets.last, last > first, period > 0 else { return 0 }
        let stretches = stretches(onsets)
        return divisions.map { division in
            var (cosines, sines) = ([Double](repeating: 0, count: stretches), [Double](repeating: 0, count: stretches))
            var counts = [Double](repeating: 0, count: stretches)
            for onset in onsets {
                let index = min(stretches - 1, Int((onset - first) / (last - first) * Double(stretches)))
                let angle = 2 * .pi * division * onset / period
                cosines[index] += cos(angle)
                sines[index] += sin(angle)
                counts[index] += 1
            }
            let statistics = counts.indices.map {
                (cosines[$0] * cosines[$0] + sines[$0] * sines[$0]) / max(1, counts[$0])
            }
            return statistics.reduce(0, +) / Double(stretches)
        }.max() ?? 0
    }

    /// 1 for a file of 4, 8, 16, 32 or 64 beats that ends as loud as it goes, less where it dies away.
    static func loopness(_ length: LengthEvidence?, beats: Int?) -> Double {
        guard let length, let beats, [4, 8, 16, 32, 64].contains(beats) else { return 0 }
        return (min(max(log10(length.tailLevel + 0.001), -2), 0.3) + 2) / 2
    }
}
