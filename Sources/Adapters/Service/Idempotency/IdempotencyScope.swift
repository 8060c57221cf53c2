import Crypto
import Storage

/// Among whose requests a key is unique.
public enum IdempotencyScope: Sendable, Hashable {
    case account(AccountID)
    /// Of who is not signed in: where the request came from, as limits count it.
    case address(String)
}

extension IdempotencyScope {
    /// What the row of a key is called: a digest, of which neither scope nor key can be read.
    func name(of key: IdempotencyKey) -> String {
        let parts =
            switch self {
            case .account(let account): ["account", account.text, key.text]
            case .address(let address): ["address", address, key.text]
            }
        return Base64URL.encode(SHA256.digest(of: parts))
    }
}

extension SHA256 {
    /// Of texts one after another, each with its length: no two lists have one digest.
    static func digest(of parts: [String]) -> [UInt8] {
        var hash = SHA256()
        for part in parts {
            withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(part.utf8))
        }
        return Array(hash.finalize())
    }
}
