extension SQLValue {
    /// - Parameter zeroSign: whether −0.0 stays apart from 0.0, which SQLite does not.
    func appendDump(to bytes: inout [UInt8], zeroSign: Bool = true) {
        switch self {
        case .null:
            bytes.append(0)
        case .integer(let integer):
            bytes.append(1)
            withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
        case .real(let real):
            bytes.append(2)
            let bits = real == 0 && !zeroSign ? 0 : real.bitPattern
            withUnsafeBytes(of: bits.bigEndian) { bytes.append(contentsOf: $0) }
        case .text(let text):
            bytes.append(3)
            bytes += DumpFormat.length(text.utf8.count)
            bytes += text.utf8
        case .blob(let blob):
            bytes.append(4)
            bytes += DumpFormat.length(blob.count)
            bytes += blob
        }
    }
}

/// Reads values from the content of an `R` frame.
struct DumpValues {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func row(of count: Int) throws(DumpError) -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try next()) }
        return values
    }

    private mutating func next() throws(DumpError) -> SQLValue {
        switch try take(1).first {
        case 0: return .null
        case 1: return .integer(Int64(bitPattern: try number(8)))
        case 2: return .real(Double(bitPattern: try number(8)))
        case 3:
            guard let text = String(validating: try counted(), as: UTF8.self) else {
                throw .damaged("a text is not UTF-8")
            }
            return .text(text)
        case 4: return .blob(Array(try counted()))
        default: throw .damaged("a value of an unknown kind")
        }
    }

    private mutating func counted() throws(DumpError) -> ArraySlice<UInt8> {
        let count = try number(4)
        return try take(Int(truncatingIfNeeded: count))
    }

    private mutating func number(_ width: Int) throws(DumpError) -> UInt64 {
        try take(width).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ count: Int) throws(DumpError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw .damaged("a value ends too early") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }
}
