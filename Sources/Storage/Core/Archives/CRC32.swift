/// The checksum of ZIP and zlib (ISO 3309, polynomial 0x04C11DB7 reversed), a part at a time: finds slips, proves nothing.
package struct CRC32: Sendable {
    private var rest = UInt32.max

    package init() {}

    /// Of all bytes so far.
    package var checksum: UInt32 { ~rest }

    package mutating func add(_ bytes: [UInt8]) {
        var rest = rest
        bytes.withUnsafeBufferPointer { bytes in
            Self.table.withUnsafeBufferPointer { table in
                for byte in bytes { rest = table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] ^ rest >> 8 }
            }
        }
        self.rest = rest
    }

    package static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = CRC32()
        sum.add(bytes)
        return sum.checksum
    }

    private static let table = (UInt32(0)..<256).map { byte in
        (0..<8).reduce(byte) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
    }
}
