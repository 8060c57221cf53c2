/// Sign changes per sample in overlapping frames of four hops.
///
/// As librosa's `zero_crossing_rate`: a frame of 2048 samples has 2047 places where the sign can
/// change, values within 1e-10 of zero count as positive, and beyond its ends the signal goes on
/// with its first and last value. Each sample is looked at once, not in all four frames it is part of.
struct ZeroCrossings {
    private let hop: Int
    /// Changes inside each of the last four hops, and between each and the one before it.
    private var inside = SIMD4<Int32>(repeating: 0)
    private var before = SIMD4<Int32>(repeating: 0)

    init(hop: Int) { self.hop = hop }

    /// Takes the newest hop of the frame in hand.
    ///
    /// - Parameters:
    ///   - samples: the newest hop; the sample before it must be readable.
    ///   - valid: how many of its samples belong to the signal.
    ///   - isFirst: nothing of the signal lies before it.
    mutating func push(_ samples: UnsafePointer<Float>, valid: Int, isFirst: Bool) {
        let crossesBefore = !isFirst && valid > 0 && Self.isNegative(samples[-1]) != Self.isNegative(samples[0])
        inside = SIMD4(inside[1], inside[2], inside[3], Self.changes(samples, count: valid))
        before = SIMD4(before[1], before[2], before[3], crossesBefore ? 1 : 0)
    }

    /// Changes per sample of the frame made of the last four hops.
    var rate: Double {
        Double(inside.wrappedSum() + before[1] + before[2] + before[3]) / Double(4 * hop)
    }

    @inline(__always)
    private static func isNegative(_ sample: Float) -> Bool { sample < -1e-10 }

    /// Sign changes between neighbours among the first `count` samples.
    private static func changes(_ samples: UnsafePointer<Float>, count: Int) -> Int32 {
        var (lanes, index) = (SIMD8<Int32>(repeating: 0), 1)
        while index + 8 <= count {
            let differs = (samples.lanes(index) .< -1e-10) .^ (samples.lanes(index - 1) .< -1e-10)
            lanes = lanes.replacing(with: lanes &+ 1, where: differs)
            index += 8
        }
        var changes = lanes.wrappedSum()
        while index < count {
            if isNegative(samples[index]) != isNegative(samples[index - 1]) { changes += 1 }
            index += 1
        }
        return changes
    }
}
