import Crypto
import CryptoExtras

/// A key of our own, with its name and the one algorithm it may be used with (RFC 8725 §3.1).
public struct SigningKey: Sendable {
    public let id: String
    public let algorithm: SignatureAlgorithm
    private let material: Material

    private enum Material: Sendable {
        case hmac(SymmetricKey)
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// - Parameters:
    ///   - id: 1…64 of `A-Z a-z 0-9 . _ -`.
    ///   - secret: as ``secret`` gives it: HS256 at least 32 bytes (RFC 7518 §3.2); RS256 and PS256 PKCS #8 or PKCS #1
    ///     in DER, 2048 to 8192 bits; ES256 the scalar in 32 bytes, EdDSA the seed in 32 bytes.
    /// - Throws: ``SigningKeyError``.
    public init(id: String, algorithm: SignatureAlgorithm, secret: Secret) throws(SigningKeyError) {
        let material = try Self.material(algorithm, secret.bytes)
        try self.init(id: id, algorithm: algorithm, material: material)
    }

    /// - Parameters:
    ///   - id: 1…64 of `A-Z a-z 0-9 . _ -`.
    ///   - secret: at least 32 bytes (RFC 7518 §3.2).
    public static func hs256(id: String, secret: Secret) throws(SigningKeyError) -> SigningKey {
        try SigningKey(id: id, algorithm: .hs256, secret: secret)
    }

    /// - Parameters:
    ///   - algorithm: RS256, PS256 or ES256.
    ///   - pem: a private key as OpenSSL writes it, or Apple gives it for sign-in (`.p8`).
    public init(id: String, algorithm: SignatureAlgorithm, pem: String) throws(SigningKeyError) {
        let material: Material? =
            switch algorithm {
            case .rs256, .ps256: (try? _RSA.Signing.PrivateKey(unsafePEMRepresentation: pem)).map(Material.rsa)
            case .es256: (try? P256.Signing.PrivateKey(pemRepresentation: pem)).map(Material.p256)
            case .hs256, .eddsa: nil
            }
        guard let material else { throw .notAKey(algorithm) }
        try self.init(id: id, algorithm: algorithm, material: material)
    }

    /// A fresh key; RSA of 2048 bits, which takes about a second to find.
    public static func random(_ algorithm: SignatureAlgorithm, id: String) throws(SigningKeyError) -> SigningKey {
        let material: Material? =
            switch algorithm {
            case .hs256: .hmac(SymmetricKey(data: Secret.random().bytes))
            case .rs256, .ps256: (try? _RSA.Signing.PrivateKey(keySize: .bits2048)).map(Material.rsa)
            case .es256: .p256(P256.Signing.PrivateKey())
            case .eddsa: .ed25519(Curve25519.Signing.PrivateKey())
            }
        guard let material else { throw .notAKey(algorithm) }
        return try SigningKey(id: id, algorithm: algorithm, material: material)
    }

    private init(id: String, algorithm: SignatureAlgorithm, material: Material) throws(SigningKeyError) {
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(Self.isNameByte) else { throw .invalidID }
        if case .rsa(let key) = material { try Self.checkStrength(key) }
        (self.id, self.algorithm, self.material) = (id, algorithm, material)
    }

    /// What ``init(id:algorithm:secret:)`` reads; to be kept where nobody else looks.
    public var secret: Secret {
        switch material {
        case .hmac(let key): Secret(key.withUnsafeBytes { Array($0) })
        case .rsa(let key): Secret(Array(key.pkcs8DERRepresentation))
        case .p256(let key): Secret(Array(key.rawRepresentation))
        case .ed25519(let key): Secret(Array(key.rawRepresentation))
        }
    }

    /// The half that checks; of an HS256 key there is only one.
    public var verification: VerificationKey {
        let half: VerificationKey.Material =
            switch material {
            case .hmac(let key): .hmac(key)
            case .rsa(let key): .rsa(key.publicKey)
            case .p256(let key): .p256(key.publicKey)
            case .ed25519(let key): .ed25519(key.publicKey)
            }
        return VerificationKey(id: id, algorithm: algorithm, material: half)
    }

    /// - Throws: ``SigningKeyError/notSigned(_:)``.
    func signature(of text: [UInt8]) throws(SigningKeyError) -> [UInt8] {
        do {
            return switch material {
            case .hmac(let key): Array(HMAC<SHA256>.authenticationCode(for: text, using: key))
            case .rsa(let key):
                Array(try key.signature(for: SHA256.hash(data: text), padding: algorithm.padding).rawRepresentation)
            case .p256(let key): Array(try key.signature(for: SHA256.hash(data: text)).rawRepresentation)
            case .ed25519(let key): Array(try key.signature(for: text))
            }
        } catch {
            throw .notSigned(algorithm)
        }
    }
}

extension SigningKey {
    private static func material(
        _ algorithm: SignatureAlgorithm, _ bytes: [UInt8]
    ) throws(SigningKeyError) -> Material {
        let material: Material?
        switch algorithm {
        case .hs256:
            guard bytes.count >= 32 else { throw .weakSecret(bytes: bytes.count) }
            material = .hmac(SymmetricKey(data: bytes))
        case .rs256, .ps256:
            material = (try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: bytes)).map(Material.rsa)
        case .es256: material = (try? P256.Signing.PrivateKey(rawRepresentation: bytes)).map(Material.p256)
        case .eddsa:
            material = (try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)).map(Material.ed25519)
        }
        guard let material else { throw .notAKey(algorithm) }
        return material
    }

    private static func checkStrength(_ key: _RSA.Signing.PrivateKey) throws(SigningKeyError) {
        let modulus = (try? key.publicKey.getKeyPrimitives().modulus).map(Array.init) ?? []
        let bits = RSAStrength.bits(of: modulus)
        guard RSAStrength.bits.contains(bits), !RSAStrength.isOfRSALib(modulus) else { throw .weakRSAKey(bits: bits) }
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

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(algorithm.rawValue) signing key '\(id)'" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
