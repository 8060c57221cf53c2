import Foundation

/// Local maxima of one spectrum, refined and weighed eight at a time.
struct PeakCandidates: ~Copyable {
    private(set) var count = 0
    /// Refining lifts a peak by less than this factor: by an eighth of the logarithm of its steeper side.
    static let mostGain: Float = 1.42
    private static let leastRatio: Float = 1.5
    private static let steepest: Float = 1 / 16

    // Before refining the bin, after it its fraction too.
    private let position: AlignedBuffer
    private let height: AlignedBuffer
    private let left: AlignedBuffer
    private let right: AlignedBuffer
    // Before refining the level of the surroundings, after it the height over it.
    private let level: AlignedBuffer

    init(most: Int) {
        position = AlignedBuffer(count: most)
        height = AlignedBuffer(count: most)
        left = AlignedBuffer(count: most)
        right = AlignedBuffer(count: most)
        level = AlignedBuffer(count: most)
    }

    mutating func removeAll() { count = 0 }

    /// Takes a local maximum, unless refining cannot lift it out of its surroundings.
    ///
    /// - Parameter level: mean magnitude around the bin.
    @inline(__always)
    mutating func append(bin: Int, of magnitude: UnsafePointer<Float>, level: Float) {
        precondition(count < height.count, "a spectrum has fewer peaks than bins")
        position.base[count] = Float(bin)
        height.base[count] = magnitude[bin]
        left.base[count] = magnitude[bin - 1]
        right.base[count] = magnitude[bin + 1]
        self.level.base[count] = level
        // No branch: whether a peak stands out is not to be guessed.
        count += Self.mostGain * magnitude[bin] > Self.leastRatio * level ? 1 : 0
    }

    /// The parabola through the logarithms around each maximum; drops what does not stand out.
    mutating func refine(gate: Float) {
        for group in stride(from: 0, to: count, by: 8) {
            let here = height.base.lanes(group)
            // The logarithm of a neighbour has to exist, and a steep flank must not lift the peak far.
            let floor = Lanes(repeating: Self.steepest)
            let fallLeft = (left.base.lanes(group) / here).larger(floor).naturalLogarithm
            let fallRight = (right.base.lanes(group) / here).larger(floor).naturalLogarithm
            let lean = fallLeft - fallRight
            // Never zero: the left neighbour is lower, though its logarithm may round to 0.
            let curvature = (fallLeft + fallRight).smaller(Lanes(repeating: -1e-7))
            let offset = 0.5 * lean / curvature
            let refined = here * (-0.25 * lean * offset).exponential
            position.base.setLanes(group, position.base.lanes(group) + offset)
            height.base.setLanes(group, refined)
            level.base.setLanes(group, refined / level.base.lanes(group))
        }
        keep { height, ratio in height > gate && ratio > Self.leastRatio }
    }

    /// Moves what meets a condition to the front.
    @inline(__always)
    private mutating func keep(_ condition: (_ height: Float, _ ratio: Float) -> Bool) {
        var kept = 0
        for index in 0..<count {
            let isKept = condition(height.base[index], level.base[index])
            position.base[kept] = position.base[index]
            height.base[kept] = height.base[index]
            level.base[kept] = level.base[index]
            // No branch here either.
            kept += isKept ? 1 : 0
        }
        count = kept
    }

    /// Drops all but the highest; of equal ones the lowest in pitch stay.
    mutating func keepHighest(_ most: Int) {
        guard count > most else { return }
        left.base.update(from: height.base, count: count)
        let limit = Self.select(most - 1, in: left.base, count: count)
        var equal = most - (0..<count).reduce(0) { $0 + (height.base[$1] > limit ? 1 : 0) }
        keep { height, _ in
            if height == limit { equal -= 1 }
            return height > limit || height == limit && equal >= 0
        }
    }

    /// The value that stands at `rank` where the largest is first. Shuffles the values.
    ///
    /// Source: C. A. R. Hoare, "Algorithm 65: Find", Communications of the ACM 4(7), 1961.
    private static func select(_ rank: Int, in values: UnsafeMutablePointer<Float>, count: Int) -> Float {
        var (low, high) = (0, count - 1)
        while low < high {
            let pivot = values[(low + high) / 2]
            var (i, j) = (low, high)
            while i <= j {
                while values[i] > pivot { i += 1 }
                while values[j] < pivot { j -= 1 }
                if i <= j {
                    swap(&values[i], &values[j])
                    i += 1
                    j -= 1
                }
            }
            if rank <= j { high = j } else if rank >= i { low = i } else { break }
        }
        return values[rank]
    }

    /// Turns bins into pitches, and heights into weights: (m^¼ · r^¾)^½ · clamp((r − 1.5)/3, 0, 1) for
    /// height m and its ratio r to the surroundings.
    func append(to peaks: inout PitchPeaks, lowestPitch: Float) {
        for group in stride(from: 0, to: count, by: 8) {
            let (heights, ratios) = (height.base.lanes(group), level.base.lanes(group))
            let pitches = position.base.lanes(group).naturalLogarithm * Self.semitones + lowestPitch
            let clarity = ((ratios - Self.leastRatio) / 3).smaller(Lanes(repeating: 1))
            let cube = heights * ratios * ratios * ratios
            let weights = cube.squareRoot().squareRoot().squareRoot() * clarity
            let isPeak = Self.lanes .< Lanes(repeating: Float(count - group))
            let zero = Lanes(repeating: 0)
            peaks.append(
                pitches: zero.replacing(with: pitches, where: isPeak),
                heights: zero.replacing(with: heights, where: isPeak),
                weights: zero.replacing(with: weights, where: isPeak))
        }
    }

    /// In a factor of e.
    private static let semitones: Float = 17.312340
    private static let lanes = Lanes(0, 1, 2, 3, 4, 5, 6, 7)
}
