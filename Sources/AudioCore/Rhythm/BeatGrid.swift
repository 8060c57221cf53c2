import Foundation

/// Puts beats where the onsets say, and continues them to the ends of the audio.
struct BeatGrid {
    /// Seconds a beat.
    let period: Double
    /// Seconds, ascending, not empty.
    let onsets: [Double]

    /// Moves every beat to where the onsets near it and near its neighbours put it.
    ///
    /// A line through 17 beats, the near ones weighing most: hits are played early and late, the beat
    /// goes on evenly.
    func settle(_ beats: [Double]) -> [Double] {
        let observed = beats.map(observe)
        return beats.indices.map { index in
            var (weights, offsets, squares, sum, slope) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for near in max(0, index - 8)...min(beats.count - 1, index + 8) {
                let distance = Double(near - index)
                let weight = observed[near].weight * exp(-distance * distance / 32)
                let time = observed[near].time - distance * period
                weights += weight
                offsets += weight * distance
                squares += weight * distance * distance
                sum += weight * time
                slope += weight * distance * time
            }
            // One more in the divisor than the line needs: few beats keep to the period.
            let tilt = (weights * slope - offsets * sum) / (weights * squares - offsets * offsets + weights)
            return (sum - tilt * offsets) / weights
        }
    }

    /// The onset at a beat, or the beat itself with little weight.
    private func observe(_ beat: Double) -> (time: Double, weight: Double) {
        let after = onsets.partitioningIndex { $0 >= beat }
        let nearest =
            onsets[max(0, after - 1)...min(after, onsets.count - 1)]
            .min { abs($0 - beat) < abs($1 - beat) } ?? beat
        return abs(nearest - beat) < min(0.12 * period, 0.05) ? (nearest, 1) : (beat, 0.05)
    }

    /// Beats from the first onset to the end; where nothing happens for four beats, to the last onset.
    func extend(_ beats: [Double], duration: Double) -> [Double] {
        guard var first = beats.first, var last = beats.last else { return [] }
        var extended = beats
        let start = max(onsets[0] - 0.25 * period, -0.03)
        while first - period >= start {
            first -= period
            extended.insert(first, at: 0)
        }
        let end = duration - onsets[onsets.count - 1] < 4 * period ? duration : onsets[onsets.count - 1] + period
        while last + period < end - 0.03 {
            last += period
            extended.append(last)
        }
        return extended.filter { $0 >= start && $0 < end - 0.03 }.map { max(0, $0) }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element satisfies a condition that holds for all after it; else `endIndex`.
    func partitioningIndex(where belongsToSecond: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
