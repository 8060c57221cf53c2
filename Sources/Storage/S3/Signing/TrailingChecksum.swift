import Crypto
import Foundation

/// A checksum that follows the body it was made of.
enum TrailingChecksum: Sendable {
    case sha256(SHA256)
    case crc32(CRC32)

    /// - Parameter header: `x-amz-checksum-sha256`, `-crc32` or `-crc32c`; nil for others.
    init?(header: String) {
        switch header.lowercased() {
        case "x-amz-checksum-sha256": self = .sha256(SHA256())
        case "x-amz-checksum-crc32": self = .crc32(CRC32(polynomial: 0xEDB8_8320))
        case "x-amz-checksum-crc32c": self = .crc32(CRC32(polynomial: 0x82F6_3B78))
        default: return nil
        }
    }

    mutating func update(_ bytes: ArraySlice<UInt8>) {
        switch self {
        case .sha256(var hash):
            hash.update(data: bytes)
            self = .sha256(hash)
        case .crc32(var sum):
            sum.update(bytes)
            self = .crc32(sum)
        }
    }

    /// As the trailer writes it.
    var base64: String {
        switch self {
        case .sha256(let hash): Data(hash.finalize()).base64EncodedString()
        case .crc32(let sum): withUnsafeBytes(of: sum.value.bigEndian) { Data($0) }.base64EncodedString()
        }
    }
}

/// The cyclic redundancy check of 32 bits, over bytes with their lowest bit first.
struct CRC32: Sendable {
    private let table: [UInt32]
    private var state = UInt32.max

    /// - Parameter polynomial: with its bits turned round.
    init(polynomial: UInt32) {
        table = (0..<256).map { index in
            (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1 }
        }
    }

    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ (state >> 8)
        }
    }

    var value: UInt32 { ~state }
}
