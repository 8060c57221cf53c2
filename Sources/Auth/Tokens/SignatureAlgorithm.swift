/// How a token is signed (RFC 7518 §3.1, RFC 8037 §3.1). Each key has exactly one.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// HMAC with SHA-256.
    case hs256 = "HS256"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    case ps256 = "PS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
    /// Ed25519; no other curve.
    case eddsa = "EdDSA"

    /// Whoever can check such a signature can make one: its keys are never published.
    public var isSymmetric: Bool { self == .hs256 }
}
