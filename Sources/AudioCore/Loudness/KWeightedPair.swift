/// K-weighted energy of two channels at once, in double precision: 38 Hz is far below the rate, and single
/// precision would hear its own rounding noise at 192 kHz.
struct KWeightedPair {
    private let filter: KWeighting
    private var s1 = Pair(), s2 = Pair()
    private var h1 = Pair(), h2 = Pair()
    private var sum = Pair()

    init(_ filter: KWeighting) { self.filter = filter }

    /// Filters on. However a stretch is portioned, the sum is made in the same order.
    mutating func push(_ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int) {
        let (shelf, high) = (filter.shelf, filter.highPass)
        // The shelf's first coefficient is taken out of the loop and given back to the sum; the high-pass's is 1.
        // With the output written out in the states a step waits for one product and one sum, not for two
        // sums and a product: the recursion's latency is what this loop costs.
        let (c1, c2) = (shelf.b1 / shelf.b0 - shelf.a1, shelf.b2 / shelf.b0 - shelf.a2)
        let (d1, d2) = (high.b1 - high.a1, high.b2 - high.a2)
        var (s1, s2, h1, h2, sum) = (s1, s2, h1, h2, sum)
        for index in 0..<count {
            let x = Pair(first: Double(first[index]), second: Double(second[index]))
            let y = x + s1
            (s1, s2) = ((x * c1 + s2) - s1 * shelf.a1, x * c2 - s1 * shelf.a2)
            let z = y + h1
            (h1, h2) = ((y * d1 + h2) - h1 * high.a1, y * d2 - h1 * high.a2)
            sum = sum + z.squared
        }
        (self.s1, self.s2, self.h1, self.h2, self.sum) = (s1, s2, h1, h2, sum)
    }

    /// Σ y² of each channel since the last time.
    mutating func takeEnergy() -> (first: Double, second: Double) {
        let energy = sum * (filter.shelf.b0 * filter.shelf.b0)
        sum = Pair()
        settle()
        return (energy.first, energy.second)
    }

    /// A state that only dies away in silence would end in denormal numbers, which are slow.
    private mutating func settle() {
        let size = s1.squared + s2.squared + h1.squared + h2.squared
        if size.first + size.second < 1e-60 { (s1, s2, h1, h2) = (Pair(), Pair(), Pair(), Pair()) }
    }
}

/// A number for each of two channels. The optimiser makes vectors of it as of `SIMD2`, whose generic
/// operators are ten times slower where nothing is optimised.
private struct Pair {
    var first = 0.0
    var second = 0.0

    var squared: Pair { Pair(first: first * first, second: second * second) }

    static func + (a: Pair, b: Pair) -> Pair { Pair(first: a.first + b.first, second: a.second + b.second) }
    static func - (a: Pair, b: Pair) -> Pair { Pair(first: a.first - b.first, second: a.second - b.second) }
    static func * (a: Pair, b: Double) -> Pair { Pair(first: a.first * b, second: a.second * b) }
}
