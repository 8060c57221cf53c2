import Crypto
import Foundation
import Storage

/// Where an installation of several machines keeps its secrets: in the database they share, sealed by a secret that
/// only the operators know, so that a copy of the database signs nothing.
///
/// AES-256-GCM under a key that HKDF-SHA256 (RFC 5869) makes of the secret and a random salt.
public enum SealedKeys {
    /// The least number of bytes an operator's secret has.
    public static let shortestSecret = 32
    /// The row; a database holds the keys of one installation.
    private static let name = "installation"

    /// The keys of the database, which gets fresh ones if it has none.
    ///
    /// Programs that start together agree: the first one wins.
    ///
    /// - Parameters:
    ///   - database: its schema is up to date.
    ///   - secret: at least ``shortestSecret`` bytes, best random; the same on all machines.
    ///   - now: kept with the keys when they are made.
    /// - Throws: ``SealedKeysError``, ``DatabaseError``.
    public static func loadOrCreate(
        in database: any Database, openedBy secret: Secret, at now: Timestamp
    ) async throws -> KeyRing {
        guard secret.bytes.count >= shortestSecret else { throw SealedKeysError.secretTooShort }
        let fresh = try seal(KeyRing.random().encoded(), with: secret)
        let stored = try await database.write { session in
            _ = try session.execute(
                """
                INSERT INTO sealed_keys (name, salt, box, created_at) VALUES (\(name), \(fresh.salt), \(fresh.box), \(now))
                ON CONFLICT (name) DO NOTHING
                """)
            return try session.row("SELECT salt, box FROM sealed_keys WHERE name = \(name)").map {
                try SealedText(salt: $0.get("salt"), box: $0.get("box"))
            }
        }
        guard let stored, let text = open(stored, with: secret), let keys = KeyRing(encoded: text) else {
            throw SealedKeysError.wrongSecret
        }
        return keys
    }

    private struct SealedText: Sendable {
        let salt: [UInt8]
        /// Nonce, cipher text and tag.
        let box: [UInt8]
    }

    private static func seal(_ text: [UInt8], with secret: Secret) throws -> SealedText {
        let salt = Secret.random(count: 16).bytes
        let box = try AES.GCM.seal(text, using: key(secret, salt))
        guard let combined = box.combined else { throw SealedKeysError.wrongSecret }
        return SealedText(salt: salt, box: Array(combined))
    }

    /// Nil for another secret, or bytes that were changed.
    private static func open(_ sealed: SealedText, with secret: Secret) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed.box) else { return nil }
        return (try? AES.GCM.open(box, using: key(secret, sealed.salt))).map(Array.init)
    }

    private static func key(_ secret: Secret, _ salt: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret.bytes), salt: salt, info: Array("waxwing keys".utf8),
            outputByteCount: 32)
    }
}

/// Why the keys of a shared database cannot be used. Each stops the start.
public enum SealedKeysError: Error, Equatable, Sendable {
    case secretTooShort
    /// The keys were sealed by another secret, or their row was changed.
    case wrongSecret
}

extension SealedKeysError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .secretTooShort:
            "WAXWING_SECRET is too short: make one of \(SealedKeys.shortestSecret) bytes or more, as by 'openssl rand -hex 32'"
        case .wrongSecret:
            "WAXWING_SECRET does not open the keys of this database: set the one its other servers have"
        }
    }
}
