extension WaveformData {
    public enum Format: String, CaseIterable, Sendable {
        /// A header of 24 bytes and the values, little endian.
        case dat
        /// One object.
        case json
    }

    public enum Resolution: Int, CaseIterable, Sendable {
        case eight = 8
        case sixteen = 16
    }

    /// Writes a file of `audiowaveform`, version 2.
    ///
    /// - Parameters:
    ///   - format: binary or JSON.
    ///   - bits: of a value; with eight, the upper half of the sixteen, rounded towards 0.
    ///   - sink: takes the next bytes, at most 64 KiB at once.
    /// - Throws: what `sink` throws.
    public func write(
        _ format: Format, bits: Resolution = .sixteen, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(Self.portion)
        buffer += format == .dat ? header(bits) : Array(opening(bits).utf8)
        for (index, value) in values.enumerated() {
            if buffer.count > Self.portion - 8 {
                try buffer.withUnsafeBytes(sink)
                buffer.removeAll(keepingCapacity: true)
            }
            let value = bits == .eight ? value / 256 : value
            switch (format, bits) {
            case (.dat, .eight): buffer.append(UInt8(truncatingIfNeeded: value))
            case (.dat, .sixteen): buffer.append(littleEndian: value)
            case (.json, _):
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                buffer.append(decimal: value)
            }
        }
        if format == .json { buffer += Array("]}\n".utf8) }
        try buffer.withUnsafeBytes(sink)
    }

    /// The whole file in memory.
    public func bytes(_ format: Format, bits: Resolution = .sixteen) -> [UInt8] {
        var bytes: [UInt8] = []
        write(format, bits: bits) { bytes += $0 }
        return bytes
    }

    private static let portion = 64 << 10

    private func header(_ bits: Resolution) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Int32(2))
        bytes.append(littleEndian: UInt32(bits == .eight ? 1 : 0))
        bytes.append(littleEndian: Int32(clamping: sampleRate))
        bytes.append(littleEndian: Int32(clamping: samplesPerPixel))
        bytes.append(littleEndian: UInt32(clamping: length))
        bytes.append(littleEndian: Int32(clamping: channels))
        return bytes
    }

    private func opening(_ bits: Resolution) -> String {
        "{\"version\":2,\"channels\":\(channels),\"sample_rate\":\(sampleRate),\"samples_per_pixel\":\(samplesPerPixel),"
            + "\"bits\":\(bits.rawValue),\"length\":\(length),\"data\":["
    }
}

extension [UInt8] {
    fileprivate mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
        for byte in 0..<Value.bitWidth / 8 { append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }

    /// A String for each of a million values would take ten times as long.
    fileprivate mutating func append(decimal value: Int16) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = Int(value).magnitude
        let start = count
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}
