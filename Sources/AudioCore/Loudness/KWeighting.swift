import Foundation

/// The two filters before loudness is measured: a shelf that stands for the head, and a high-pass.
///
/// ITU-R BS.1770-4 gives coefficients for 48 kHz only; these are the analogue prototypes behind them,
/// by the bilinear transform, so that any rate is filtered alike. They agree with the standard's
/// numbers at 48 kHz to 1e-9 (see the tests).
struct KWeighting: Equatable, Sendable {
    /// H(z) = (b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²).
    struct Biquad: Equatable, Sendable {
        var b0, b1, b2, a1, a2: Double
    }

    let shelf: Biquad
    let highPass: Biquad

    init(sampleRate: Double) {
        shelf = Self.shelf(sampleRate)
        highPass = Self.highPass(sampleRate)
    }

    /// +4 dB above 1.7 kHz.
    private static func shelf(_ rate: Double) -> Biquad {
        let (frequency, gain, q) = (1681.974450955533, 3.999843853973347, 0.7071752369554196)
        let k = tan(.pi * frequency / rate)
        let high = pow(10, gain / 20)
        let middle = pow(high, 0.4996667741545416)
        let a0 = 1 + k / q + k * k
        return Biquad(
            b0: (high + middle * k / q + k * k) / a0, b1: 2 * (k * k - high) / a0,
            b2: (high - middle * k / q + k * k) / a0, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }

    /// 38 Hz; the numerator is 1, −2, 1 at every rate, as in the standard.
    private static func highPass(_ rate: Double) -> Biquad {
        let (frequency, q) = (38.13547087602444, 0.5003270373238773)
        let k = tan(.pi * frequency / rate)
        let a0 = 1 + k / q + k * k
        return Biquad(b0: 1, b1: -2, b2: 1, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }
}

/// K-weighting of two channels at once, in double precision: 38 Hz is far below the rate, and single
/// precision would hear its own rounding noise at 192 kHz.
struct KWeightedPair {
    private let filter: KWeighting
    private var s1 = SIMD2<Double>(), s2 = SIMD2<Double>()
    private var h1 = SIMD2<Double>(), h2 = SIMD2<Double>()

    init(_ filter: KWeighting) { self.filter = filter }

    /// Filters on and returns Σ y² of both channels.
    mutating func energy(
        _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int
    ) -> SIMD2<Double> {
        let (shelf, high) = (filter.shelf, filter.highPass)
        // With the output written out in the states a step waits for one product and one sum, not for
        // two sums and a product: the recursion's latency is what this loop costs.
        let (c1, c2) = (shelf.b1 - shelf.b0 * shelf.a1, shelf.b2 - shelf.b0 * shelf.a2)
        let (d1, d2) = (high.b1 - high.b0 * high.a1, high.b2 - high.b0 * high.a2)
        var (s1, s2, h1, h2) = (s1, s2, h1, h2)
        var sum = SIMD2<Double>()
        for index in 0..<count {
            let x = SIMD2(Double(left[index]), Double(right[index]))
            let y = x * shelf.b0 + s1
            (s1, s2) = ((x * c1 + s2) - s1 * shelf.a1, x * c2 - s1 * shelf.a2)
            let z = y * high.b0 + h1
            (h1, h2) = ((y * d1 + h2) - h1 * high.a1, y * d2 - h1 * high.a2)
            sum += z * z
        }
        // A state that only dies away in silence would end in denormal numbers, which are slow.
        let quiet = (s1 * s1 + s2 * s2 + h1 * h1 + h2 * h2) .< 1e-60
        (self.s1, self.s2) = (s1.replacing(with: 0, where: quiet), s2.replacing(with: 0, where: quiet))
        (self.h1, self.h2) = (h1.replacing(with: 0, where: quiet), h2.replacing(with: 0, where: quiet))
        return sum
    }
}
