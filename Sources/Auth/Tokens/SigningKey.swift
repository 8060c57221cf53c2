import Crypto

/// How a token is signed. Each key has exactly one.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// HMAC with SHA-256.
    case hs256 = "HS256"
}

/// A key with its name and the one algorithm it may be used with (RFC 8725 §3.1).
public struct SigningKey: Sendable {
    public let id: String
    public let algorithm: SignatureAlgorithm
    private let material: Material

    /// Other algorithms bring their own case here; nothing outside this file looks inside.
    private enum Material: Sendable {
        case hmac(SymmetricKey)
    }

    /// - Parameters:
    ///   - id: 1…64 of `A-Z a-z 0-9 . _ -`.
    ///   - secret: at least 32 bytes (RFC 7518 §3.2).
    public static func hs256(id: String, secret: Secret) throws(SigningKeyError) -> SigningKey {
        guard secret.bytes.count >= 32 else { throw .weakSecret(bytes: secret.bytes.count) }
        return try SigningKey(id: id, algorithm: .hs256, material: .hmac(SymmetricKey(data: secret.bytes)))
    }

    private init(id: String, algorithm: SignatureAlgorithm, material: Material) throws(SigningKeyError) {
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(Self.isNameByte) else { throw .invalidID }
        (self.id, self.algorithm, self.material) = (id, algorithm, material)
    }

    func signature(of text: [UInt8]) -> [UInt8] {
        switch material {
        case .hmac(let key): Array(HMAC<SHA256>.authenticationCode(for: text, using: key))
        }
    }

    /// Takes the same time wherever a wrong signature differs.
    func isSignature(_ signature: [UInt8], of text: [UInt8]) -> Bool {
        switch material {
        case .hmac(let key): HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: text, using: key)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Why a key is refused. A mistake of the operator, found at start.
public enum SigningKeyError: Error, Equatable, Sendable {
    case weakSecret(bytes: Int)
    case invalidID
    case noKeys
    case duplicateID(String)
}

extension SigningKeyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .weakSecret(let bytes): "a signing secret of \(bytes) bytes: use at least 32 random ones"
        case .invalidID: "a key's name has other characters than A-Z a-z 0-9 . _ -, or is not 1 to 64 long: rename it"
        case .noKeys: "there is no signing key: give at least one"
        case .duplicateID(let id): "two signing keys are named '\(id)': rename one"
        }
    }
}
