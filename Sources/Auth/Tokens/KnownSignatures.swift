import Crypto
import CryptoExtras
import Synchronization

/// Signatures that were found good: a client shows the same token with each request of half an hour, and to check one of
/// ES256 takes longer than all else that a small request does.
///
/// It knows a signature by the SHA-256 of key, text and signature together, so that only the very same is known. Whatever
/// else makes a token good, as its times and that its key still counts, is asked each time.
final class KnownSignatures: Sendable {
    /// Of each of two generations: 32 bytes each. When the younger one is full the older one is forgotten.
    static let generation = 4096

    fileprivate struct State {
        var younger: Set<SHA256Digest> = []
        var older: Set<SHA256Digest> = []
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.younger.count + $0.older.count } }

    func contains(_ digest: SHA256Digest) -> Bool {
        state.withLock { state in
            if state.younger.contains(digest) { return true }
            guard state.older.contains(digest) else { return false }
            // Who comes again stays.
            state.add(digest)
            return true
        }
    }

    func add(_ digest: SHA256Digest) {
        state.withLock { $0.add(digest) }
    }
}

extension KnownSignatures.State {
    mutating func add(_ digest: SHA256Digest) {
        if younger.count >= KnownSignatures.generation {
            older = younger
            younger.removeAll()
        }
        younger.insert(digest)
        older.remove(digest)
    }
}

extension VerificationKey {
    /// As ``isSignature(_:of:)``, asked of `known` first. Codes of HMAC are checked as fast as they are looked up.
    func isSignature(_ signature: [UInt8], of text: [UInt8], known: KnownSignatures) -> Bool {
        let ownBytes: [UInt8]
        switch material {
        case .hmac: return isSignature(signature, of: text)
        case .rsa(let key): ownBytes = Array(key.derRepresentation)
        case .p256(let key): ownBytes = Array(key.rawRepresentation)
        case .ed25519(let key): ownBytes = Array(key.rawRepresentation)
        }
        var hash = SHA256()
        // Each with its length, so that no two of them can be parted in another way.
        for part in [Array(algorithm.rawValue.utf8), ownBytes, text, signature] {
            withUnsafeBytes(of: UInt64(part.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: part)
        }
        let digest = hash.finalize()
        if known.contains(digest) { return true }
        guard isSignature(signature, of: text) else { return false }
        known.add(digest)
        return true
    }
}
