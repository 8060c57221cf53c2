/// Mean of the largest and of the smallest values of one band of a spectrum.
///
/// Sorting a band of 700 bins for the sake of 15 would cost more than its transform. Instead a bound
/// that enough of them reach is read off the maxima of interleaved columns, and only what reaches it is
/// ranked.
final class BandExtremes {
    private let bins: Range<Int>
    private let count: Int
    private let mean: ExtremeMean

    init(bins: Range<Int>, extremes count: Int) {
        (self.bins, self.count) = (bins, count)
        mean = ExtremeMean(count: count, room: bins.count)
    }

    /// - Parameter magnitude: |X| of every bin, with 8 zeros after the last.
    /// - Returns: mean of the `count` largest and of the `count` smallest; zeros for an empty band.
    func measure(_ magnitude: UnsafePointer<Float>) -> (peak: Float, valley: Float) {
        guard !bins.isEmpty else { return (0, 0) }
        let first = magnitude + bins.lowerBound
        if count == 1 { return Self.range(first, count: bins.count) }
        return (
            mean.measure(first, count: bins.count, sign: 1), -mean.measure(first, count: bins.count, sign: -1)
        )
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

/// Mean of the largest, or of the smallest, of many values that are not negative.
private struct ExtremeMean: ~Copyable {
    private let count: Int
    private let candidates: AlignedBuffer

    /// - Parameters:
    ///   - count: how many make the mean, 1…32.
    ///   - room: most values of one call.
    init(count: Int, room: Int) {
        self.count = count
        candidates = AlignedBuffer(count: room + 8)
    }

    /// - Parameter sign: 1 for the largest, −1 for the smallest, which come back negated.
    @inline(__always)
    func measure(_ values: UnsafePointer<Float>, count total: Int, sign: Float) -> Float {
        var bound = bound(values, count: total, sign: sign)
        let room = gather(values, count: total, sign: sign, from: bound.least)
        // Bisect until exactly `count` reach the threshold. The bits of floats of one sign are in order, so
        // that half way in bits is half way in octaves.
        var threshold = bound.least
        var reached = self.count(room, from: threshold)
        for _ in 0..<24 where reached != count {
            if reached > count { bound.least = threshold } else { bound.most = threshold }
            let bits = (bound.least.magnitude.bitPattern, bound.most.magnitude.bitPattern)
            threshold = sign * Float(bitPattern: min(bits.0, bits.1) + (max(bits.0, bits.1) - min(bits.0, bits.1)) / 2)
            reached = self.count(room, from: threshold)
        }
        // Equal values at the threshold: as many of them as there is room for.
        return (sum(room, from: threshold) + Float(count - reached) * threshold) / Float(count)
    }

    /// A bound that at least `count` values reach, and seldom many more, and the highest value.
    ///
    /// The values are dealt to 32 columns in four groups of eight lanes. Ranked lane by lane, the r-th
    /// highest of the four column maxima is reached r times in every lane: 8·r values reach the least.
    @inline(__always)
    private func bound(
        _ values: UnsafePointer<Float>, count total: Int, sign: Float
    ) -> (least: Float, most: Float) {
        guard total >= 32, count <= 32 else {
            return sign > 0 ? (0, .greatestFiniteMagnitude) : (-.greatestFiniteMagnitude, -0.0)
        }
        var (a, b) = (values.lanes(0) * sign, values.lanes(8) * sign)
        var (c, d) = (values.lanes(16) * sign, values.lanes(24) * sign)
        for index in stride(from: 32, through: total - 32, by: 32) {
            a = a.larger(values.lanes(index) * sign)
            b = b.larger(values.lanes(index + 8) * sign)
            c = c.larger(values.lanes(index + 16) * sign)
            d = d.larger(values.lanes(index + 24) * sign)
        }
        (a, b) = (a.larger(b), a.smaller(b))
        (c, d) = (c.larger(d), c.smaller(d))
        let (first, fourth) = (a.larger(c), b.smaller(d))
        let (e, f) = (a.smaller(c), b.larger(d))
        let (second, third) = (e.larger(f), e.smaller(f))
        let rank = count <= 8 ? first : count <= 16 ? second : count <= 24 ? third : fourth
        return (rank.least, first.greatest)
    }

    /// Copies the groups of eight that reach the bound.
    ///
    /// - Returns: how many values that makes.
    @inline(__always)
    private func gather(_ values: UnsafePointer<Float>, count total: Int, sign: Float, from bound: Float) -> Int {
        let (bound, outside) = (Lanes(repeating: bound), Lanes(repeating: -.infinity))
        var room = 0
        for group in stride(from: 0, to: total, by: 8) {
            var lanes = values.lanes(group) * sign
            if group + 8 > total {
                let index = Lanes(0, 1, 2, 3, 4, 5, 6, 7)
                lanes = lanes.replacing(with: outside, where: index .>= Float(total - group))
            }
            candidates.base.setLanes(room, lanes)
            // Written in any case, kept if it counts: which groups do cannot be predicted.
            room += (lanes .>= bound) != SIMDMask(repeating: false) ? 8 : 0
        }
        return room
    }

    @inline(__always)
    private func count(_ room: Int, from threshold: Float) -> Int {
        let threshold = Lanes(repeating: threshold)
        var counts = SIMD8<Int32>(repeating: 0)
        for index in stride(from: 0, to: room, by: 8) {
            let isBeyond = candidates.base.lanes(index) .>= threshold
            counts &+= SIMD8<Int32>(repeating: 0).replacing(with: 1, where: isBeyond)
        }
        return Int(counts.wrappedSum())
    }

    @inline(__always)
    private func sum(_ room: Int, from threshold: Float) -> Float {
        let threshold = Lanes(repeating: threshold)
        var sum = Lanes(repeating: 0)
        for index in stride(from: 0, to: room, by: 8) {
            let lanes = candidates.base.lanes(index)
            sum += Lanes(repeating: 0).replacing(with: lanes, where: lanes .>= threshold)
        }
        return sum.sum()
    }
}
