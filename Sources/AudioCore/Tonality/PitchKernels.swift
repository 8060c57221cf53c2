import Foundation

extension SIMD8<Float> {
    /// The nearest whole number, halves to even, for magnitudes under 2²².
    ///
    /// Adding 1.5·2²³ leaves no room for a fraction; SSE2 has no rounding of its own.
    @inline(__always)
    var nearestInteger: Lanes { (self + 12_582_912) - 12_582_912 }

    /// eˣ for −87…88, right to about 2 units in the last place.
    ///
    /// Source: S. Moshier, Cephes Mathematical Library, `expf`.
    @inline(__always)
    var exponential: Lanes {
        let shifted = self * 1.44269504 + 12_582_912
        let n = shifted - 12_582_912
        let x = self - n * 0.693359375 + n * 2.12194440e-4
        var p = x * 1.9875691500e-4 + 1.3981999507e-3
        p = p * x + 8.3334519073e-3
        p = p * x + 4.1665795894e-2
        p = p * x + 1.6666665459e-1
        p = p * x + 5.0000001201e-1
        // The low bits of the shifted number are n; moved up they are the exponent of 2ⁿ.
        let power = unsafeBitCast((unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &+ 127) &<< 23, to: Lanes.self)
        return (p * x * x + x + 1) * power
    }

    /// Cosine and sine of 2π times numbers in −½…½, right to 10⁻⁶.
    @inline(__always)
    var turn: (cosine: Lanes, sine: Lanes) {
        // Taylor series of the half angle, doubled: it lies in ±π/2, where they are short.
        let half = self * Float.pi
        let z = half * half
        var s = z * -2.5052108e-8 + 2.7557319e-6
        s = s * z - 1.9841270e-4
        s = s * z + 8.3333333e-3
        s = s * z - 1.6666667e-1
        let sine = half + half * z * s
        var c = z * 2.0876757e-9 - 2.7557319e-7
        c = c * z + 2.4801587e-5
        c = c * z - 1.3888889e-3
        c = c * z + 4.1666667e-2
        c = c * z - 0.5
        let cosine = c * z + 1
        return (1 - 2 * sine * sine, 2 * sine * cosine)
    }
}
