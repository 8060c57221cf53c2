import Crypto
import Storage

/// All that a database keeps of a secret: SHA-256.
///
/// For secrets of 256 random bits only: nobody tries those out, so nothing slower is gained by, and a request costs no
/// Argon2id run. What people choose goes through ``PasswordHasher``.
struct SecretHash: Sendable {
    private let digest: Secret

    init(of secret: Secret) {
        digest = Secret(Array(SHA256.hash(data: secret.bytes)))
    }
}

extension SecretHash: Equatable {
    /// Takes the same time wherever the digests differ.
    static func == (a: SecretHash, b: SecretHash) -> Bool { a.digest == b.digest }
}

extension SecretHash: SQLConvertible {
    var sqlValue: SQLValue { .blob(digest.bytes) }

    init?(sqlValue: SQLValue) {
        guard case .blob(let bytes) = sqlValue, bytes.count == SHA256.byteCount else { return nil }
        digest = Secret(bytes)
    }
}
