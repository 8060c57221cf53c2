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
        weighting.a1 = SIMD4(shelf.a1, shelf.a1, high.a1, high.a1)
        weighting.a2 = SIMD4(shelf.a2, shelf.a2, high.a2, high.a2)
        let numerator1 = SIMD4(shelf.b1 / shelf.b0, shelf.b1 / shelf.b0, high.b1, high.b1)
        let numerator2 = SIMD4(shelf.b2 / shelf.b0, shelf.b2 / shelf.b0, high.b2, high.b2)
        (weighting.c1, weighting.c2) = (numerator1 - weighting.a1, numerator2 - weighting.a2)
    }

    /// Filters on. However a stretch is portioned, the sum is made in the same order.
    mutating func push(_ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int) {
        ck_k_weight(&weighting, first, second, count)
    }

    /// Σ y² of each channel since the last time.
    mutating func takeEnergy() -> (first: Double, second: Double) {
        let energy = weighting.sum * gain
        weighting.sum = .zero
        ck_k_settle(&weighting)
        return (energy[0], energy[1])
    }
}
