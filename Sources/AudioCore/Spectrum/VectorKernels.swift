/// The inner loops that are written with vectors, and the only ones that read raw memory.
///
/// Swift does not reorder float sums, so a plain loop over a dot product stays scalar; eight lanes
/// with their own sums make it two to four times faster. The order of additions is fixed by the code:
/// the same input gives the same bits.
typealias Lanes = SIMD8<Float>

extension UnsafePointer<Float> {
    /// Eight floats from `index` on, at any alignment.
    @inline(__always)
    func lanes(_ index: Int) -> Lanes {
        UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
    }
}

extension UnsafeMutablePointer<Float> {
    @inline(__always)
    func lanes(_ index: Int) -> Lanes { UnsafePointer(self).lanes(index) }

    @inline(__always)
    func setLanes(_ index: Int, _ value: Lanes) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
    }
}

extension SIMD8<Float> {
    @inline(__always)
    var magnitudes: Lanes {
        unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt32>.self) & 0x7fff_ffff, to: Lanes.self)
    }

    @inline(__always)
    func larger(_ other: Lanes) -> Lanes { replacing(with: other, where: self .< other) }

    @inline(__always)
    func smaller(_ other: Lanes) -> Lanes { replacing(with: other, where: other .< self) }

    /// The largest of the eight; `max()` of the standard library compares them one by one.
    @inline(__always)
    var greatest: Float {
        let four = lowHalf.replacing(with: highHalf, where: lowHalf .< highHalf)
        let two = four.lowHalf.replacing(with: four.highHalf, where: four.lowHalf .< four.highHalf)
        return Swift.max(two[0], two[1])
    }

    /// The smallest of the eight.
    @inline(__always)
    var least: Float { -(-self).greatest }

    /// Natural logarithm of normal positive numbers, right to about 2 units in the last place.
    ///
    /// Source: S. Moshier, Cephes Mathematical Library, `logf`.
    @inline(__always)
    var naturalLogarithm: Lanes {
        let bits = unsafeBitCast(self, to: SIMD8<UInt32>.self)
        // Split at √½ so that the mantissa lies in √½…√2, where the series is short.
        let shifted = bits &- 0x3f35_04f3
        let exponent = SIMD8<Int32>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<Int32>.self) &>> 23)
        let mantissa = unsafeBitCast((shifted & 0x007f_ffff) &+ 0x3f35_04f3, to: Lanes.self)
        let e = Lanes(exponent)
        let f = mantissa - 1
        let z = f * f
        var p = f * 7.0376836292e-2 - 1.1514610310e-1
        p = p * f + 1.1676998740e-1
        p = p * f - 1.2420140846e-1
        p = p * f + 1.4249322787e-1
        p = p * f - 1.6668057665e-1
        p = p * f + 2.0000714765e-1
        p = p * f - 2.4999993993e-1
        p = p * f + 3.3333331174e-1
        let tail = p * f * z - e * 2.12194440e-4 - z * 0.5
        return f + tail + e * 0.693359375
    }
}

extension SIMD8<Float> {
    /// 10·log10 of normal positive numbers.
    @inline(__always)
    var decibels: Lanes { naturalLogarithm * 4.342_944_8 }

}

/// magnitudes[k] = scale · |spectrum[k]| for `bins` bins; both have room for a whole last vector.
@inline(__always)
func magnitudes(
    of spectrum: UnsafePointer<Float>, into magnitudes: UnsafeMutablePointer<Float>, bins: Int, scale: Float
) {
    for bin in stride(from: 0, to: bins, by: 8) {
        let pairs = UnsafeRawPointer(spectrum + 2 * bin).loadUnaligned(as: SIMD16<Float>.self)
        let power = pairs.evenHalf * pairs.evenHalf + pairs.oddHalf * pairs.oddHalf
        magnitudes.setLanes(bin, power.squareRoot() * scale)
    }
}
