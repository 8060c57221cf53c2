import Foundation

/// Integrated loudness of a stream.
///
/// K-weighted energy in blocks of 400 ms with 75 % overlap, channels weighted and summed, two gates.
/// One number per 100 ms is kept: 288 kB an hour.
///
/// Source: ITU-R BS.1770-4, Annex 1.
struct LoudnessMeter {
    private let hop: Int
    private let weights: [Double]
    private var pairs: [KWeightedPair]
    private var position = 0
    private var energy = 0.0
    /// Weighted energy of every 100 ms.
    private var hops: [Double] = []

    init(sampleRate: Double, channels: Int) {
        hop = max(1, Int((sampleRate / 10).rounded()))
        weights = Self.channelWeights(channels)
        pairs = Array(repeating: KWeightedPair(KWeighting(sampleRate: sampleRate)), count: (channels + 1) / 2)
    }

    /// 1.41 for the surround channels of 5.0 (L R C Ls Rs) and 5.1 (L R C LFE Ls Rs), nothing for the
    /// LFE; 1 for every channel of any other layout.
    static func channelWeights(_ channels: Int) -> [Double] {
        switch channels {
        case 5: [1, 1, 1, 1.41, 1.41]
        case 6: [1, 1, 1, 0, 1.41, 1.41]
        default: Array(repeating: 1, count: channels)
        }
    }

    /// - Parameters:
    ///   - planar: the channels of one block, `stride` samples apart.
    ///   - count: frames.
    mutating func push(_ planar: UnsafePointer<Float>, stride: Int, count: Int) {
        var start = 0
        while start < count {
            let length = min(count - start, hop - position)
            for pair in pairs.indices {
                let first = 2 * pair
                // The odd one out is filtered twice and counted once.
                let second = min(first + 1, weights.count - 1)
                let sums = pairs[pair].energy(
                    planar + first * stride + start, planar + second * stride + start, count: length)
                energy += weights[first] * sums[0] + (second > first ? weights[second] * sums[1] : 0)
            }
            start += length
            position += length
            if position == hop {
                hops.append(energy)
                (position, energy) = (0, 0)
            }
        }
    }

    /// LUFS; `nil` for less than 400 ms and where every block is below −70 LUFS.
    var integrated: Double? {
        guard hops.count >= 4 else { return nil }
        let blocks = (3..<hops.count).map { last in
            hops[last - 3...last].reduce(0, +) / Double(4 * hop)
        }
        let audible = blocks.filter { $0 >= Self.power(-70) }
        guard !audible.isEmpty else { return nil }
        // Two gates: the relative one is set from the blocks that passed the absolute one.
        let gate = mean(audible) * 0.1
        return Self.loudness(mean(audible.filter { $0 >= gate }))
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func loudness(_ power: Double) -> Double { -0.691 + 10 * log10(power) }
    private static func power(_ loudness: Double) -> Double { pow(10, (loudness + 0.691) / 10) }
}
