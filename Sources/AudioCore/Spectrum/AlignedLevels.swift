/// Levels in whole steps of 1/128 dB, on a 64-byte boundary: half the size of floats, twice as many a vector.
/// ±256 dB fit.
struct AlignedLevels: ~Copyable {
    let base: UnsafeMutablePointer<Int16>

    /// - Parameter count: a multiple of 8, for whole vectors.
    init(count: Int) {
        base = UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 64)
            .initializeMemory(as: Int16.self, repeating: 0, count: count)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
