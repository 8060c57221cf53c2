import CKernels

/// K-weighted energy of two channels at once, in double precision: 38 Hz is far below the rate, and single
/// precision would hear its own rounding noise at 192 kHz.
struct KWeightedPair {
    private let gain: Double
    private var weighting = ck_k_weighting()

    init(_ filter: KWeighting) {
        let (shelf, high) = (filter.shelf, filter.highPass)
        // The shelf's first coefficient is taken out of the loop and given back to the sum; the high-pass's is 1.
        gain = shelf.b0 * shelf.b0
        weighting.shelf = Self.recursive(shelf)
        weighting.high_pass = Self.recursive(high)
    }

    /// A filter whose first coefficient is 1, without what the input itself adds.
    private static func recursive(_ filter: KWeighting.Biquad) -> ck_filter {
        var recursive = ck_filter()
        (recursive.a1, recursive.a2) = (filter.a1, filter.a2)
        recursive.c1 = filter.b1 / filter.b0 - filter.a1
        recursive.c2 = filter.b2 / filter.b0 - filter.a2
        return recursive
    }

    /// Filters on. However a stretch is portioned, the sum is made in the same order.
    mutating func push(_ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int) {
        ck_k_weight(&weighting, first, second, count)
    }

    /// Σ y² of each channel since the last time.
    mutating func takeEnergy() -> (first: Double, second: Double) {
        let sum = weighting.sum
        (weighting.sum, weighting.is_odd) = ((0, 0, 0, 0), 0)
        ck_k_settle(&weighting)
        return ((sum.0 + sum.2) * gain, (sum.1 + sum.3) * gain)
    }
}
