/// Floats on a 64-byte boundary, zeroed, with room for whole vectors at the end.
///
/// FFTW's plans assume this alignment (an unaligned real transform is 3.7 times slower), and a
/// vector loop may run past `count` to the next multiple of 16 without leaving the memory.
struct AlignedBuffer: ~Copyable {
    /// First float; valid for `count` rounded up to a multiple of 16.
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        let room = (count + 15) / 16 * 16
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(room, 16) * 4, alignment: 64)
        base = raw.initializeMemory(as: Float.self, repeating: 0, count: max(room, 16))
        self.count = count
    }

    init(_ values: [Float]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() { base[index] = value }
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "index \(index) is outside a buffer of \(count)")
            return base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "index \(index) is outside a buffer of \(count)")
            base[index] = newValue
        }
    }

    /// A copy of the contents, for code that is not in a hurry.
    var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
