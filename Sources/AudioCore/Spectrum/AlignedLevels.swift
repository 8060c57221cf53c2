/// Levels in whole steps of 1/128 dB, on a 64-byte boundary: half the size of floats, twice as many a vector.
struct AlignedLevels: ~Copyable {
    /// Steps in 1 dB; ±256 dB fit.
    static let resolution: Float = 128

    let base: UnsafeMutablePointer<Int16>

    /// - Parameter count: a multiple of 8, for whole vectors.
    init(count: Int) {
        base = UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 64)
            .initializeMemory(as: Int16.self, repeating: 0, count: count)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}

extension UnsafePointer<Int16> {
    /// Eight levels from `index` on, at any alignment.
    @inline(__always)
    func levels(_ index: Int) -> SIMD8<Int16> {
        UnsafeRawPointer(self + index).loadUnaligned(as: SIMD8<Int16>.self)
    }

    /// Eight levels as steps in floating point.
    @inline(__always)
    func steps(_ index: Int) -> Lanes { Lanes(SIMD8<Int32>(truncatingIfNeeded: levels(index))) }
}

extension UnsafeMutablePointer<Int16> {
    @inline(__always)
    func levels(_ index: Int) -> SIMD8<Int16> { UnsafePointer(self).levels(index) }

    @inline(__always)
    func steps(_ index: Int) -> Lanes { UnsafePointer(self).steps(index) }

    @inline(__always)
    func setLevels(_ index: Int, _ value: SIMD8<Int16>) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: SIMD8<Int16>.self)
    }
}
