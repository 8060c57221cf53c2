import Crypto
import CryptoExtras

/// The half of a key that checks signatures, with its name and the one algorithm it may be used with
/// (RFC 8725 §3.1).
public struct VerificationKey: Sendable {
    public let id: String
    public let algorithm: SignatureAlgorithm
    let material: Material

    enum Material: Sendable {
        case hmac(SymmetricKey)
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    init(id: String, algorithm: SignatureAlgorithm, material: Material) {
        (self.id, self.algorithm, self.material) = (id, algorithm, material)
    }

    /// A code of HMAC takes the same time wherever it differs.
    func isSignature(_ signature: [UInt8], of text: [UInt8]) -> Bool {
        switch material {
        case .hmac(let key):
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: text, using: key)
        case .rsa(let key):
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: text),
                padding: algorithm.padding)
        case .p256(let key): isECDSA(signature, of: text, by: key)
        case .ed25519(let key):
            signature.count == 64 && key.isValidSignature(signature, for: text)
        }
    }

    /// r and s, 32 bytes each (RFC 7518 §3.4); DER is another spelling, so it is refused.
    private func isECDSA(_ signature: [UInt8], of text: [UInt8], by key: P256.Signing.PublicKey) -> Bool {
        guard signature.count == 64, let pair = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else {
            return false
        }
        return key.isValidSignature(pair, for: SHA256.hash(data: text))
    }
}

extension VerificationKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(algorithm.rawValue) key '\(id)'" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SignatureAlgorithm {
    /// Of the two with RSA.
    var padding: _RSA.Signing.Padding { self == .ps256 ? .PSS : .insecurePKCS1v1_5 }
}
