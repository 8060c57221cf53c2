import Storage

/// Hashes passwords with Argon2id (RFC 9106, libargon2) and checks them, those hashed with scrypt (RFC 7914) too, on a
/// small pool of its own.
///
/// Two run at once by default, so memory stays below 2 × ``HashingCost/memory`` and other work keeps its threads. A check
/// against scrypt takes up to 64 MiB.
/// Share one hasher in a process: the bound is its own.
public final class PasswordHasher: Sendable {
    public let cost: HashingCost
    private let pool: ThreadPool

    /// - Parameters:
    ///   - width: how many hashes are computed at once.
    ///   - room: how many more may wait; beyond it calls throw ``AuthError/overloaded``.
    public init(cost: HashingCost = .standard, width: Int = 2, room: Int = 64) {
        (self.cost, pool) = (cost, ThreadPool(width: width, room: room))
    }

    /// A new hash with a fresh salt of 16 bytes; 32 bytes long.
    public func hash(_ password: Password) async throws(AuthError) -> PasswordHash {
        let (text, function) = (password.text, PasswordHash.Function.argon2id(cost))
        let hash = try await onThreads { () -> PasswordHash? in
            let salt = Secret.random(count: 16).bytes
            return function.digest(of: text, salt: salt, count: 32).map {
                PasswordHash(function, salt: salt, digest: $0)
            }
        }
        guard let hash else { throw .overloaded }
        return hash
    }

    /// Whether `text` is the password behind `hash`. Costs one run of its function, right or wrong; a text longer
    /// than any password is false at once.
    public func verify(_ text: String, against hash: PasswordHash) async throws(AuthError) -> Bool {
        guard Password.couldBe(text) else { return false }
        let text = Password.composed(text)
        let digest = try await onThreads {
            hash.function.digest(of: text, salt: hash.salt, count: hash.digest.count)
        }
        // No digest means no memory: saying "wrong password" would be a lie.
        guard let digest else { throw .overloaded }
        return Secret(digest) == Secret(hash.digest)
    }

    /// False at once for a string that is no hash we read, or beyond our limits.
    public func verify(_ text: String, against phc: String) async throws(AuthError) -> Bool {
        guard let hash = PasswordHash(phc: phc) else { return false }
        return try await verify(text, against: hash)
    }

    /// Whether `hash` was made at another cost than today's, or by another function.
    public func needsRehash(_ hash: PasswordHash) -> Bool {
        hash.cost != cost || hash.digest.count != 32 || hash.salt.count < 16
    }

    private func onThreads<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(AuthError) -> Value {
        do throws(ThreadPoolFull) { return try await pool.run(work) } catch { throw .overloaded }
    }

    /// A hash no password fits, as costly to check as a real one: what an unknown user is checked against.
    var decoy: PasswordHash {
        PasswordHash(.argon2id(cost), salt: Secret.random(count: 16).bytes, digest: Secret.random().bytes)
    }
}
