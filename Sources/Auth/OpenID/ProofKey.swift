import Crypto
import Storage

/// Proof Key for Code Exchange by the method S256: who redeems a code shows that they asked for it.
///
/// Source: RFC 7636 §4.1, §4.2.
public struct ProofKey: Sendable {
    /// The only method used; `plain` shows the verifier to everybody who sees the question.
    public static let method = "S256"

    /// The secret, for the token request only.
    let verifier: String

    /// - Returns: nil unless `verifier` is 43…128 of `A-Z a-z 0-9 - . _ ~`.
    init?(verifier: String) {
        guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(Self.isUnreserved) else { return nil }
        self.verifier = verifier
    }

    /// - Parameter key: 256 bits, of which the verifier is made.
    init(_ key: Secret) {
        // 43 characters for 32 bytes; a hash makes them 32 whatever came in.
        verifier = Base64URL.encode(Array(SHA256.hash(data: key.bytes)))
    }

    /// What everybody may see: the verifier's SHA-256.
    var challenge: String {
        Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8))))
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension ProofKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "proof key ***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
