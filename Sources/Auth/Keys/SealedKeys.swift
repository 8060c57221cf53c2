import Crypto
import Foundation
import Storage

/// Where an installation of several machines keeps its keys: in the database they share, sealed by a secret that only
/// the operators know, so that a copy of the database signs nothing.
///
/// AES-256-GCM under a key that HKDF-SHA256 (RFC 5869) makes of the secret and a random salt.
public struct SealedKeys: KeyStore {
    /// The least number of bytes an operator's secret has.
    public static let shortestSecret = 32

    private let database: any Database
    private let secret: Secret
    private let algorithm: SignatureAlgorithm

    /// - Parameters:
    ///   - database: its schema is up to date.
    ///   - secret: at least ``shortestSecret`` bytes, best random; the same on all machines.
    ///   - algorithm: of the first signing key.
    public init(_ database: any Database, openedBy secret: Secret, signing algorithm: SignatureAlgorithm = .es256) {
        (self.database, self.secret, self.algorithm) = (database, secret, algorithm)
    }

    /// - Throws: ``SealedKeysError``, ``DatabaseError``.
    public func loadOrCreate(at now: Timestamp) async throws -> KeyRing {
        let fresh = try SealedText(KeyRing.random(at: now, signing: algorithm), by: secret)
        return try await database.write { [secret] session in
            if let stored = try SealedText.find(in: session) { return try stored.opened(by: secret) }
            try fresh.create(at: now, in: session)
            guard let stored = try SealedText.find(in: session) else { throw SealedKeysError.missing }
            return try stored.opened(by: secret)
        }
    }

    /// - Throws: ``SealedKeysError``, ``DatabaseError``.
    public func load() async throws -> KeyRing {
        let stored = try await database.read { try SealedText.find(in: $0) }
        guard let stored else { throw SealedKeysError.missing }
        return try stored.opened(by: secret)
    }

    /// - Throws: ``SealedKeysError``, ``DatabaseError``, and what `change` throws.
    public func update(_ change: @escaping @Sendable (KeyRing) throws -> KeyRing) async throws -> KeyRing {
        try await Self.update(in: database, openedBy: secret, sealedBy: secret, change)
    }

    /// Seals the keys by another secret; the keys stay. Servers that run go on with those they have, and load none until
    /// they are started again with the new secret.
    ///
    /// - Throws: ``SealedKeysError``, ``DatabaseError``; nothing is changed then.
    public static func reseal(in database: any Database, from old: Secret, to new: Secret) async throws {
        guard new.bytes.count >= shortestSecret else { throw SealedKeysError.secretTooShort }
        guard old != new else { throw SealedKeysError.sameSecret }
        _ = try await update(in: database, openedBy: old, sealedBy: new) { $0 }
    }

    private static func update(
        in database: any Database, openedBy old: Secret, sealedBy new: Secret,
        _ change: @escaping @Sendable (KeyRing) throws -> KeyRing
    ) async throws -> KeyRing {
        // The row is held from the first statement on: who changes it at once comes after.
        try await database.write { session in
            guard let stored = try SealedText.find(in: session, holding: true) else { throw SealedKeysError.missing }
            let keys = try change(stored.opened(by: old))
            try SealedText(keys, by: new).replace(stored, in: session)
            return keys
        }
    }
}

/// Why the keys of a shared database cannot be used. Each stops the start; a server that runs goes on with those it has.
public enum SealedKeysError: Error, Equatable, Sendable {
    case secretTooShort
    /// The keys were sealed by another secret, or their row was changed.
    case wrongSecret
    /// There are no keys yet.
    case missing
    case sameSecret
    /// Somebody else changed the keys in between; nothing was lost.
    case changedMeanwhile
}

extension SealedKeysError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .secretTooShort:
            "WAXWING_SECRET is too short: make one of \(SealedKeys.shortestSecret) bytes or more, as by 'openssl rand -hex 32'"
        case .wrongSecret:
            "WAXWING_SECRET does not open the keys of this database: set the one its other servers have"
        case .missing: "there are no keys in this database yet: start the service once, which makes them"
        case .sameSecret: "the new secret is the old one: make another, as by 'openssl rand -hex 32'"
        case .changedMeanwhile: "somebody else changed the keys at the same time: try again"
        }
    }
}
