extension SampleEncoding {
    /// Turns stored samples into floats, full scale ±1.
    ///
    /// Raw pointers: these few loops are all the work there is in reading a WAV, and without bounds checks
    /// the compiler makes vector code of them.
    ///
    /// - Parameters:
    ///   - bytes: at least `count` samples, the first one aligned to 8 bytes.
    ///   - output: room for `count` floats.
    func decode(_ bytes: UnsafeRawBufferPointer, to output: UnsafeMutablePointer<Float>, count: Int) {
        guard let base = bytes.baseAddress, count > 0 else { return }
        precondition(count * bytesPerSample <= bytes.count, "more samples asked for than there are bytes")
        switch self {
        case .unsigned8:
            convert(base, UInt8.self, output, count) { (Float($0) - 128) * 0x1p-7 }
        case .integer(1, _):
            convert(base, Int8.self, output, count) { Float($0) * 0x1p-7 }
        case .integer(2, .little):
            convert(base, Int16.self, output, count) { Float(Int16(littleEndian: $0)) * 0x1p-15 }
        case .integer(2, .big):
            convert(base, Int16.self, output, count) { Float(Int16(bigEndian: $0)) * 0x1p-15 }
        case .integer(3, .little):
            convertTriples(base, output, count) { Int32(littleEndian: $0) << 8 }
        case .integer(3, .big):
            convertTriples(base, output, count) { Int32(bigEndian: $0) & ~0xFF }
        case .integer(_, .little):
            convert(base, Int32.self, output, count) { Float(Int32(littleEndian: $0)) * 0x1p-31 }
        case .integer(_, .big):
            convert(base, Int32.self, output, count) { Float(Int32(bigEndian: $0)) * 0x1p-31 }
        case .float32(.little):
            convert(base, UInt32.self, output, count) { Float(bitPattern: UInt32(littleEndian: $0)) }
        case .float32(.big):
            convert(base, UInt32.self, output, count) { Float(bitPattern: UInt32(bigEndian: $0)) }
        case .float64(.little):
            convert(base, UInt64.self, output, count) { narrowed(Double(bitPattern: UInt64(littleEndian: $0))) }
        case .float64(.big):
            convert(base, UInt64.self, output, count) { narrowed(Double(bitPattern: UInt64(bigEndian: $0))) }
        case .aLaw:
            convertCompanded(base, output, count, G711.aLaw)
        case .muLaw:
            convertCompanded(base, output, count, G711.muLaw)
        }
    }
}

@inline(__always)
private func convert<Stored>(
    _ base: UnsafeRawPointer, _: Stored.Type, _ output: UnsafeMutablePointer<Float>, _ count: Int,
    _ value: (Stored) -> Float
) {
    let input = base.assumingMemoryBound(to: Stored.self)
    for index in 0..<count { output[index] = value(input[index]) }
}

/// The nearest float; a number too large for one stays a (large) number instead of becoming infinity.
@inline(__always)
private func narrowed(_ value: Double) -> Float {
    let float = Float(value)
    return float.isFinite || !value.isFinite ? float : Float(signOf: float, magnitudeOf: .greatestFiniteMagnitude)
}

/// - Parameter upperBits: makes a sample and the byte behind it, as they lie in memory, a 32-bit number.
@inline(__always)
private func convertTriples(
    _ base: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>, _ count: Int, _ upperBits: (Int32) -> Int32
) {
    // One load of four bytes costs a third of three loads; the last sample has nothing behind it.
    for index in 0..<count - 1 {
        let word = base.loadUnaligned(fromByteOffset: 3 * index, as: Int32.self)
        output[index] = Float(upperBits(word)) * 0x1p-31
    }
    let last = UnsafeRawBufferPointer(start: base + 3 * (count - 1), count: 3)
    var word: Int32 = 0
    withUnsafeMutableBytes(of: &word) { $0.copyBytes(from: last) }
    output[count - 1] = Float(upperBits(word)) * 0x1p-31
}

private func convertCompanded(
    _ base: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>, _ count: Int, _ table: [Float]
) {
    let input = base.assumingMemoryBound(to: UInt8.self)
    table.withUnsafeBufferPointer { table in
        for index in 0..<count { output[index] = table[Int(input[index])] }
    }
}
