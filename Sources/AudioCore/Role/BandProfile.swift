import Foundation

/// How the energy of a sound is spread over the critical bands, and how much that changes.
///
/// Source: P. Herrera, A. Yeterian, F. Gouyon, "Automatic classification of drum sounds: a comparison of feature
/// selection methods and classification techniques", ICMAI 2002 (energies in bands told drums apart best).
struct BandProfile: Equatable, Sendable {
    /// Energy in each critical band over the sounding part; sums to 1.
    let energies: [Double]
    /// How much the shape of the spectrum changes within 70 ms, 0…1: the part of the energy that is elsewhere, on the
    /// mean over what is within 25 dB of the loudest column.
    let change: Double

    /// - Parameters:
    ///   - start: where the sound begins, seconds.
    ///   - length: how long it lasts, seconds.
    /// - Returns: `nil` where there is no energy.
    init?(_ bark: BarkEnvelope, start: Double, length: Double) {
        // A column reaches 23 ms to both sides: one more on the left, two on the right hold all of the sound.
        let first = max(0, Int(start * bark.columnRate) - 1)
        let end = min(bark.columns, Int(((start + length) * bark.columnRate).rounded(.up)) + 2)
        guard first < end else { return nil }
        var sums = [Double](repeating: 0, count: BarkEnvelope.bands)
        var totals: [Double] = []
        for column in first..<end {
            var total = 0.0
            for (band, power) in zip(0..., bark[column]) {
                sums[band] += Double(power)
                total += Double(power)
            }
            totals.append(total)
        }
        let energy = sums.reduce(0, +)
        guard energy > 0 else { return nil }
        energies = sums.map { $0 / energy }
        let lag = max(1, Int(0.07 * bark.columnRate))
        change = Self.change(bark, columns: first..<end, totals: totals, lag: lag)
    }

    private static func change(_ bark: BarkEnvelope, columns: Range<Int>, totals: [Double], lag: Int) -> Double {
        let floor = 0.003 * (totals.max() ?? 0)
        var (sum, count) = (0.0, 0.0)
        for index in 0..<max(0, totals.count - lag) where totals[index] > floor && totals[index + lag] > floor {
            let (now, later) = (bark[columns.lowerBound + index], bark[columns.lowerBound + index + lag])
            for (before, after) in zip(now, later) {
                sum += 0.5 * abs(Double(before) / totals[index] - Double(after) / totals[index + lag])
            }
            count += 1
        }
        return count > 0 ? sum / count : 0
    }
}

extension BandProfile {
    /// Share of the energy between two edges of ``BarkBands``, Hz.
    func share(_ low: Double, _ high: Double = .infinity) -> Double {
        energies.indices.reduce(0) {
            $0 + (BarkBands.edges[$1] >= low && BarkBands.edges[$1 + 1] <= high ? energies[$1] : 0)
        }
    }

    /// Standard deviation of the energy around its centre, critical bands.
    var spread: Double {
        let centre = energies.indices.reduce(0) { $0 + Double($1) * energies[$1] }
        let variance = energies.indices.reduce(0) { $0 + (Double($1) - centre) * (Double($1) - centre) * energies[$1] }
        return variance.squareRoot()
    }

    /// How evenly 510…9,500 Hz are filled: geometric over arithmetic mean of energy per Hz, 1 for white noise.
    var flatness: Double {
        let densities = (7..<24).map {
            energies[$0] / (BarkBands.edges[$0 + 1] - BarkBands.edges[$0]) + 1e-12
        }
        let logarithm = densities.reduce(0) { $0 + log($1) } / Double(densities.count)
        return exp(logarithm) * Double(densities.count) / densities.reduce(0, +)
    }
}
