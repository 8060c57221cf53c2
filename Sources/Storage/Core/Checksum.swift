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
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
