import CKernels

/// Mean of the largest and of the smallest values of one band of a spectrum.
///
/// Sorting a band of 700 bins for the sake of 15 would cost more than its transform. Instead a bound
/// that enough of them reach is read off the maxima of interleaved columns, and only what reaches it is
/// ranked.
final class BandExtremes {
    private let bins: Range<Int>
    private let count: Int
    private let scratch: AlignedBuffer

    init(bins: Range<Int>, extremes count: Int) {
        (self.bins, self.count) = (bins, count)
        scratch = AlignedBuffer(count: bins.count + 8)
    }

    /// - Parameter magnitude: |X| of every bin, with 8 zeros after the last.
    /// - Returns: mean of the `count` largest and of the `count` smallest; zeros for an empty band.
    func measure(_ magnitude: UnsafePointer<Float>) -> (peak: Float, valley: Float) {
        guard !bins.isEmpty else { return (0, 0) }
        let first = magnitude + bins.lowerBound
        if count == 1 { return Self.range(first, count: bins.count) }
        var (peak, valley): (Float, Float) = (0, 0)
        ck_extremes(first, bins.count, count, scratch.base, &peak, &valley)
        // Of values that are all alike, the two sums may round past each other.
        return (max(peak, valley), valley)
    }

    /// Smallest and largest of a few values.
    private static func range(_ values: UnsafePointer<Float>, count: Int) -> (peak: Float, valley: Float) {
        guard count >= 8 else {
            let values = UnsafeBufferPointer(start: values, count: count)
            return (values.max() ?? 0, values.min() ?? 0)
        }
        // The last vector ends with the band: looking at a value twice does no harm.
        var (low, high) = (values.lanes(count - 8), values.lanes(count - 8))
        for index in stride(from: 0, to: count - 8, by: 8) {
            low = low.smaller(values.lanes(index))
            high = high.larger(values.lanes(index))
        }
        return (high.greatest, low.least)
    }
}
