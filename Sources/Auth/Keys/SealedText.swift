import Crypto
import Foundation
import Storage

/// A sealed ring, as its row has it.
struct SealedText: Sendable {
    private let salt: [UInt8]
    /// Nonce, cipher text and tag.
    private let box: [UInt8]

    /// The row; a database holds the keys of one installation.
    private static let name = "installation"

    /// - Throws: ``SealedKeysError/secretTooShort``.
    init(_ keys: KeyRing, by secret: Secret) throws {
        guard secret.bytes.count >= SealedKeys.shortestSecret else { throw SealedKeysError.secretTooShort }
        salt = Secret.random(count: 16).bytes
        guard let combined = try AES.GCM.seal(keys.encoded(), using: Self.key(secret, salt)).combined else {
            throw SealedKeysError.wrongSecret
        }
        box = Array(combined)
    }

    /// - Throws: ``SealedKeysError/wrongSecret`` also for bytes that were changed.
    func opened(by secret: Secret) throws(SealedKeysError) -> KeyRing {
        guard secret.bytes.count >= SealedKeys.shortestSecret else { throw .secretTooShort }
        guard let box = try? AES.GCM.SealedBox(combined: box),
            let text = try? AES.GCM.open(box, using: Self.key(secret, salt)), let keys = KeyRing(encoded: Array(text))
        else { throw .wrongSecret }
        return keys
    }

    private static func key(_ secret: Secret, _ salt: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret.bytes), salt: salt, info: Array("waxwing keys".utf8),
            outputByteCount: 32)
    }
}

extension SealedText {
    /// - Parameter holding: until the transaction ends nobody else changes it.
    static func find(in session: any ReadSession, holding: Bool = false) throws -> SealedText? {
        let row =
            holding
            ? try session.row("SELECT salt, box FROM sealed_keys WHERE name = \(name) \(.forUpdate)")
            : try session.row("SELECT salt, box FROM sealed_keys WHERE name = \(name)")
        return try row.map(SealedText.init(row:))
    }

    private init(row: Row) throws {
        (salt, box) = (try row.get("salt"), try row.get("box"))
    }

    /// Leaves what another was faster to create.
    func create(at now: Timestamp, in session: any WriteSession) throws {
        try session.execute(
            """
            INSERT INTO sealed_keys (name, salt, box, created_at) VALUES (\(Self.name), \(salt), \(box), \(now))
            ON CONFLICT (name) DO NOTHING
            """)
    }

    /// - Throws: ``SealedKeysError/changedMeanwhile`` unless `old` is what is there.
    func replace(_ old: SealedText, in session: any WriteSession) throws {
        let changed = try session.execute(
            """
            UPDATE sealed_keys SET salt = \(salt), box = \(box) WHERE name = \(Self.name) AND box = \(old.box)
            """)
        guard changed == 1 else { throw SealedKeysError.changedMeanwhile }
    }
}
