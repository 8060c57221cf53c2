/// Which end of a number a file stores first.
enum ByteOrder: Sendable {
    case little, big
}

/// Numbers read from untrusted bytes: past the end there is `nil`, never a trap.
struct HeaderBytes {
    private let bytes: [UInt8]
    private let order: ByteOrder

    init(_ bytes: [UInt8], _ order: ByteOrder) {
        (self.bytes, self.order) = (bytes, order)
    }

    var count: Int { bytes.count }

    func u8(at offset: Int) -> UInt8? {
        bytes.indices.contains(offset) ? bytes[offset] : nil
    }

    func u16(at offset: Int) -> UInt16? { number(at: offset) }
    func u32(at offset: Int) -> UInt32? { number(at: offset) }
    func u64(at offset: Int) -> UInt64? { number(at: offset) }
    func tag(at offset: Int) -> ChunkTag? {
        HeaderBytes(bytes, .big).u32(at: offset).map(ChunkTag.init(code:))
    }

    /// The bytes of `range`, or `nil` where they are not all there.
    func slice(_ range: Range<Int>) -> ArraySlice<UInt8>? {
        range.lowerBound >= 0 && range.upperBound <= bytes.count ? bytes[range] : nil
    }

    /// Whether the ASCII `text` stands at `offset`.
    func has(_ text: StaticString, at offset: Int) -> Bool {
        guard let end = offset.adding(text.utf8CodeUnitCount), let found = slice(offset..<max(offset, end)) else {
            return false
        }
        return text.withUTF8Buffer { found.elementsEqual($0) }
    }

    private func number<Number: FixedWidthInteger & UnsignedInteger>(at offset: Int) -> Number? {
        guard let end = offset.adding(Number.bitWidth / 8), offset >= 0, end <= bytes.count else { return nil }
        let field = bytes[offset..<end]
        return switch order {
        case .big: field.reduce(0) { $0 << 8 | Number($1) }
        case .little: field.reversed().reduce(0) { $0 << 8 | Number($1) }
        }
    }
}

/// A four-letter name of a chunk or form, as in `RIFF` and `COMM`.
struct ChunkTag: Hashable, ExpressibleByStringLiteral {
    let code: UInt32

    init(code: UInt32) { self.code = code }
    init(stringLiteral text: StaticString) {
        code = text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } }
    }
}

// Every sum and product of numbers a file has chosen goes through these two.
extension FixedWidthInteger {
    /// The sum, or `nil` where it does not fit.
    func adding(_ other: Self) -> Self? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }

    /// The product, or `nil` where it does not fit.
    func multiplied(by other: Self) -> Self? {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? nil : product
    }
}
