import Crypto

/// How digests are made and written.
public enum Checksum {
    /// SHA-256 of the UTF-8 of `text`, hexadecimal.
    public static func sha256(_ text: String) -> String {
        hex(SHA256.hash(data: Array(text.utf8)))
    }

    /// Takes the bytes a piece at a time.
    package struct Running: Sendable {
        private var hash = SHA256()

        package init() {}

        package mutating func add(_ bytes: [UInt8]) {
            hash.update(data: bytes)
        }

        /// Of all that was added.
        package var text: String { hex(hash.finalize()) }
    }

    /// Two lower-case hexadecimal digits a byte.
    public static func hex(_ digest: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * digest.underestimatedCount)
        for byte in digest {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// 16 lower-case hexadecimal digits.
    public static func hex(_ word: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { text in
            for place in 0..<16 { text[place] = digit(place, of: word) }
            return 16
        }
    }

    /// The hexadecimal digit of a word, from 0 for the highest to 15.
    static func digit(_ place: Int, of word: UInt64) -> UInt8 {
        digit(UInt8(truncatingIfNeeded: word >> (60 - 4 * place)) & 15)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
}
