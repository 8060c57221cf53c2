import Foundation

/// Bytes of a file with plain arithmetic on them.
struct PlainBytes: Equatable {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init?(path: String) {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        bytes = [UInt8](data)
    }

    var count: Int { bytes.count }

    subscript(range: Range<Int>) -> [UInt8] { range.upperBound <= count ? Array(bytes[range]) : [] }

    /// A big-endian number of four bytes.
    func big(_ offset: Int) -> Int { self[offset..<offset + 4].reduce(0) { $0 * 256 + Int($1) } }

    /// The same, signed.
    func signed(_ offset: Int) -> Int { big(offset) < 0x8000_0000 ? big(offset) : big(offset) - 0x1_0000_0000 }

    /// A little-endian number of `size` bytes.
    func little(_ offset: Int, _ size: Int) -> Int {
        self[offset..<offset + size].reversed().reduce(0) { $0 * 256 + Int($1) }
    }

    func holds(_ text: String, at offset: Int) -> Bool {
        self[offset..<offset + text.utf8.count] == Array(text.utf8)
    }

    /// Samples of 16 bits from `offset` to the end.
    func samples(from offset: Int, bigEndian: Bool) -> [Int] {
        stride(from: offset, to: count - 1, by: 2).map { place in
            let (high, low) = bigEndian ? (bytes[place], bytes[place + 1]) : (bytes[place + 1], bytes[place])
            let value = Int(high) * 256 + Int(low)
            return value < 32_768 ? value : value - 65_536
        }
    }
}

/// What a file does against its description, in words.
struct Complaints: Equatable {
    var list: [String] = []

    mutating func expect(_ fulfilled: Bool, _ complaint: String) {
        if !fulfilled { list.append(complaint) }
    }
}

/// Printable ASCII at the front, then spaces or zeros only: the text, or `nil` where it is not so.
func plainText(_ field: [UInt8]) -> String? {
    let text = field.reversed().drop { $0 == 0 || $0 == 32 }.reversed()
    guard text.allSatisfy({ (32...126).contains($0) }) else { return nil }
    return String(decoding: text, as: UTF8.self)
}
