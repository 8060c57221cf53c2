import CLibPQ
import Storage

/// The server's numbers for the types that go over.
enum PostgresType {
    static let (bool, bytes, int8, int2, int4, text): (Oid, Oid, Oid, Oid, Oid, Oid) = (16, 17, 20, 21, 23, 25)
    static let (float4, float8, numeric): (Oid, Oid, Oid) = (700, 701, 1700)
    /// `"char"`, `name`, `json`, `unknown`, `char(n)`, `varchar(n)`.
    static let likeText: Set<Oid> = [18, 19, 114, 705, 1042, 1043]
    static let (oid, void): (Oid, Oid) = (26, 2278)
}

extension SQLValue {
    /// The type a parameter of this value has. Null has none: it is written in the statement.
    var postgresType: Oid {
        switch self {
        case .null: 0
        case .integer: PostgresType.int8
        case .real: PostgresType.float8
        case .text: PostgresType.text
        case .blob: PostgresType.bytes
        }
    }

    /// The binary form of a parameter.
    func appendBytes(to bytes: inout [UInt8]) {
        switch self {
        case .null: break
        case .integer(let integer): withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
        case .real(let real): withUnsafeBytes(of: real.bitPattern.bigEndian) { bytes.append(contentsOf: $0) }
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .blob(let blob): bytes.append(contentsOf: blob)
        }
    }

    /// From the binary form of a column, exactly: integers, booleans and whole `NUMERIC`s that fit are integers, other
    /// numbers reals.
    ///
    /// - Throws: ``DatabaseError/unexpected(_:)`` for a type that has no counterpart.
    init(_ bytes: UnsafeRawBufferPointer, type: Oid, column: String) throws(DatabaseError) {
        switch type {
        case PostgresType.int8: self = .integer(Int64(bitPattern: bytes.bigEndianBits))
        case PostgresType.int4: self = .integer(Int64(Int32(truncatingIfNeeded: bytes.bigEndianBits)))
        case PostgresType.int2: self = .integer(Int64(Int16(truncatingIfNeeded: bytes.bigEndianBits)))
        case PostgresType.oid: self = .integer(Int64(UInt32(truncatingIfNeeded: bytes.bigEndianBits)))
        case PostgresType.bool: self = .integer(bytes.bigEndianBits == 0 ? 0 : 1)
        case PostgresType.float8: self = .real(Double(bitPattern: bytes.bigEndianBits))
        case PostgresType.float4:
            self = .real(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bytes.bigEndianBits))))
        case PostgresType.bytes: self = .blob(Array(bytes))
        case PostgresType.void: self = .null
        case PostgresType.numeric:
            guard let decimal = PostgresDecimal(bytes) else {
                throw .unexpected("column '\(column)' is a number of an unknown form")
            }
            self = decimal.value
        case _ where type == PostgresType.text || PostgresType.likeText.contains(type):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .unexpected("column '\(column)' is not UTF-8")
            }
            self = .text(text)
        default: throw .unexpected("column '\(column)' has a type that is not used here (\(type)): cast it to TEXT")
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Up to eight bytes as one number.
    fileprivate var bigEndianBits: UInt64 {
        prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// A `NUMERIC` as it is sent: digits to the base 10,000, as sums of `BIGINT`s are.
struct PostgresDecimal {
    let value: SQLValue

    /// Nil for bytes that are none.
    ///
    /// Source: PostgreSQL 15, `numeric_send`: digit count, weight of the first digit, sign, digits after the point.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let fields = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        guard fields.count >= 4, fields.count == 4 + Int(fields[0]) else { return nil }
        let (weight, sign, scale) = (Int(Int16(bitPattern: fields[1])), fields[2], Int(fields[3]))
        let digits = fields.dropFirst(4).map(Int.init)
        switch sign {
        case 0x0000, 0x4000: break
        case 0xC000:
            value = .real(.nan)
            return
        case 0xD000:
            value = .real(.infinity)
            return
        case 0xF000:
            value = .real(-.infinity)
            return
        default: return nil
        }
        guard digits.allSatisfy({ $0 < 10_000 }) else { return nil }
        // Written out, then read: the nearest double is the standard library's affair.
        var text = sign == 0x4000 ? "-" : ""
        for place in 0...max(0, weight) where weight >= 0 {
            let digit = place < digits.count ? digits[place] : 0
            text += place == 0 ? String(digit) : Self.padded(digit)
        }
        if weight < 0 { text += "0" }
        if scale == 0, let integer = Int64(text) {
            value = .integer(integer)
            return
        }
        text += "."
        for place in (weight + 1)..<max(weight + 2, digits.count) {
            text += place >= 0 && place < digits.count ? Self.padded(digits[place]) : "0000"
        }
        guard let real = Double(text) else { return nil }
        value = .real(real)
    }

    private static func padded(_ digit: Int) -> String {
        let text = String(digit)
        return String(repeating: "0", count: 4 - text.count) + text
    }
}
