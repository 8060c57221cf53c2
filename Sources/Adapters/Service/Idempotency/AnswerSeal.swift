import Auth
import Crypto
import Foundation

/// Closes what a row keeps of an answer, as answers hold tokens and keys that are shown once.
///
/// The key is derived from the client's own and a secret of the installation: whoever has a copy of the database opens
/// nothing by guessing what clients call their requests.
struct AnswerSeal: Sendable {
    /// The first one seals; by the others what was sealed before a rotation is opened.
    private let keys: [SymmetricKey]

    /// - Parameter secrets: of the installation; at least one.
    init(_ key: IdempotencyKey, salt: [UInt8], secrets: [[UInt8]]) {
        keys = secrets.map { secret in
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: secret + Array(key.text.utf8)), salt: salt,
                info: Array("waxwing kept answers".utf8), outputByteCount: 32)
        }
    }

    /// - Parameter name: of what it is, so that nothing stands in for something else.
    func close(_ value: some Encodable, as name: String) throws -> [UInt8] {
        guard let key = keys.first,
            let box = try AES.GCM.seal(JSONEncoder().encode(value), using: key, authenticating: Array(name.utf8))
                .combined
        else { throw IdempotencyRefusal.noAnswer }
        return Array(box)
    }

    /// - Throws: ``IdempotencyRefusal/noAnswer`` for what was changed, or sealed otherwise.
    func open<Value: Decodable>(
        _ sealed: [UInt8], as name: String, _ type: Value.Type = Value.self
    ) throws(IdempotencyRefusal) -> Value {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { throw .noAnswer }
        for key in keys {
            guard let text = try? AES.GCM.open(box, using: key, authenticating: Array(name.utf8)) else { continue }
            if let value = try? JSONDecoder().decode(type, from: text) { return value }
        }
        throw .noAnswer
    }
}
