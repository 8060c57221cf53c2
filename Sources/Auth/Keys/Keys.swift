import Storage
import Synchronization

/// The keys of a running server: the ring as it was loaded last, loaded again every ten seconds and when a token names a
/// key that is not known.
///
/// A ring that cannot be loaded is told of, and the last good one goes on: who cannot reach the database for a minute
/// signs nobody out.
public final class Keys: Sendable {
    /// Between two loads of ``run()``.
    public static let interval = Duration.seconds(10)
    /// Between two loads for keys that are not known: a storm of invented names costs one a second.
    public static let cooldown = Duration.seconds(1)

    private struct State {
        var ring: KeyRing
        var problem: String?
    }

    private let state: Mutex<State>
    private let store: any KeyStore
    private let operatorsKey: SigningKey?
    let clock: any WallClock
    private let reloading: SharedReload
    private let onProblem: @Sendable (String) -> Void

    /// - Parameters:
    ///   - ring: as `store` gave it.
    ///   - signingSecret: a secret that the operator brings (`JWT_SECRET`): at least 32 bytes. Then access tokens are
    ///     signed with it (HS256) and checked by it alone, and it is the operator's to change.
    ///   - onProblem: is told, once, why the ring cannot be loaded.
    /// - Throws: ``SigningKeyError/weakSecret(bytes:)``.
    public init(
        _ ring: KeyRing, from store: any KeyStore, signingSecret: Secret? = nil, clock: any WallClock = SystemClock(),
        onProblem: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(SigningKeyError) {
        operatorsKey = if let signingSecret { try .operators(signingSecret) } else { nil }
        state = Mutex(State(ring: ring))
        (self.store, self.clock, self.onProblem) = (store, clock, onProblem)
        reloading = SharedReload(cooldown: Self.cooldown, clock: clock)
    }

    /// Fresh keys that are kept nowhere.
    public static func random(clock: any WallClock = SystemClock()) throws(SigningKeyError) -> Keys {
        let ring = try KeyRing.random(at: clock.now())
        return try Keys(ring, from: MemoryKeyStore(ring), clock: clock)
    }

    /// The ring as it was loaded last.
    public var ring: KeyRing { state.withLock { $0.ring } }

    /// Why the last load brought nothing; nil after a good one.
    public var problem: String? { state.withLock { $0.problem } }

    /// What access tokens are signed and checked with now.
    public var keySet: KeySet {
        if let operatorsKey { return KeySet(signing: operatorsKey, accepted: [operatorsKey.verification]) }
        return ring.keySet(at: clock.now())
    }

    /// The secrets of a use now: the one to sign with first, then the others that are accepted.
    public func secrets(for use: KeyUse) -> [NamedSecret] {
        ring.secrets(for: use, at: clock.now())
    }
}

extension Keys {
    /// Loads the ring every ``interval`` until the task is cancelled.
    ///
    /// - Parameter pause: waits; throws when it is cancelled.
    public func run(
        pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async {
        while !Task.isCancelled {
            do { try await pause(Self.interval) } catch { return }
            await reload()
        }
    }

    /// Loads the ring now; whoever asks meanwhile waits for the same load.
    public func reload() async {
        await reloading.run { await self.load() }
    }

    /// Looks for a signing key of this name if it is not known, but not more often than every ``cooldown``.
    func look(for id: String) async {
        // Ours are no longer, so no other needs to be looked for. The operator's key is in no ring.
        guard operatorsKey == nil, (1...64).contains(id.utf8.count) else { return }
        await reloading.search(until: { self.keySet.key(named: id) != nil }) { await self.load() }
    }

    private func load() async {
        do {
            let ring = try await store.load()
            state.withLock { $0 = State(ring: ring) }
        } catch {
            let problem = String(describing: error)
            let isNews = state.withLock { state in
                defer { state.problem = problem }
                return state.problem != problem
            }
            if isNews { onProblem("the keys were not loaded, so the last ones go on: \(problem)") }
        }
    }

    /// Gives a use a fresh key, which this server has at once.
    ///
    /// - Parameter algorithm: of a signing key; nil for that of the newest one.
    /// - Throws: ``KeyRotationError``, and what the store throws.
    @discardableResult
    public func rotate(
        _ use: KeyUse, to algorithm: SignatureAlgorithm? = nil, _ pace: RotationPace = .overlapping
    ) async throws -> KeyRing {
        guard use != .signing || operatorsKey == nil else { throw KeyRotationError.operatorsKey }
        let rotated = try await store.rotate(use, to: algorithm, pace, at: clock.now())
        await reload()
        return rotated
    }
}

extension SigningKey {
    /// Named after the secret, so that all servers that have it agree, and of the name nobody can tell it.
    fileprivate static func operators(_ secret: Secret) throws(SigningKeyError) -> SigningKey {
        let name = Base64URL.encode(Array(secret.derived("waxwing name of JWT_SECRET").bytes.prefix(9)))
        return try .hs256(id: "operator-\(name)", secret: secret)
    }
}
