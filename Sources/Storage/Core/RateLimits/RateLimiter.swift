/// Counts actions over a ``KeyValueStore``, so that every process sharing the store shares the limits.
///
/// Each action is one read and, if it is allowed, one write that compares and sets: of many at once, across processes
/// too, never more pass than the limit says. Wall clocks decide: where a clock is set forward, what was counted is
/// forgotten that much earlier; where it is set back, the limit holds and nobody waits longer than before.
public struct RateLimiter: Sendable {
    /// What happens to an action that cannot be counted because the store is down.
    public enum Outage: Sendable, Equatable {
        /// It passes: a cache that is away never takes the service away.
        case allow
        /// It is refused: for what may cost more than an outage does.
        case refuse
        /// It is counted in the memory of this process: each process allows the limit for itself, and no more.
        case countHere
    }

    package let store: any KeyValueStore
    package let clock: any WallClock
    private let memory: MemoryKeyValueStore

    public init(_ store: any KeyValueStore, clock: any WallClock = SystemClock()) {
        (self.store, self.clock) = (store, clock)
        memory = MemoryKeyValueStore(clock: clock)
    }

    /// Counts one action of `key`, if it is within `limit`.
    ///
    /// - Parameter key: of any length. It may be personal, as an e-mail address: the store sees its digest.
    public func count(
        _ key: String, against limit: RateLimit, whenDown outage: Outage = .allow
    ) async -> RateVerdict {
        if let verdict = try? await Self.count(key, against: limit, in: store, at: clock) { return verdict }
        if outage == .countHere, let verdict = try? await Self.count(key, against: limit, in: memory, at: clock) {
            return verdict
        }
        return .unknown(limit, allowing: outage == .allow)
    }

    /// What ``count(_:against:whenDown:)`` would say, without counting.
    public func look(
        at key: String, against limit: RateLimit, whenDown outage: Outage = .allow
    ) async -> RateVerdict {
        if let verdict = try? await Self.look(at: key, against: limit, in: store, at: clock) { return verdict }
        if outage == .countHere, let verdict = try? await Self.look(at: key, against: limit, in: memory, at: clock) {
            return verdict
        }
        return .unknown(limit, allowing: outage == .allow)
    }

    /// Counts an action against every rule that concerns it, in their order, until one refuses it.
    ///
    /// - Returns: the refusal, or the verdict with the least left; nil when no rule concerns the action.
    public func count(_ action: RateAction, against rules: [RateRule]) async -> RateVerdict? {
        var least: RateVerdict?
        for rule in rules {
            guard let key = rule.key(of: action) else { continue }
            let verdict = await count(key, against: rule.limit, whenDown: rule.outage)
            guard verdict.isAllowed else { return verdict }
            if verdict.remaining < least?.remaining ?? .max { least = verdict }
        }
        return least
    }
}

extension RateLimiter {
    /// Of a refusal that knows no better.
    static let pause = Duration.seconds(1)

    /// Each failure is the success of another, and refusals need no write: so this suffices for so many at once on one key.
    private static let tries = 100

    private static func name(_ key: String, _ limit: RateLimit) throws(KeyValueError) -> KeyValueKey {
        try KeyValueKey("rate:\(Checksum.sha256(key)):\(limit.kind)")
    }

    private static func look(
        at key: String, against limit: RateLimit, in store: any KeyValueStore, at clock: any WallClock
    ) async throws(KeyValueError) -> RateVerdict {
        RateState(try await store.get(name(key, limit)), of: limit).look(at: clock.now(), against: limit)
    }

    /// A crowd on one key that is larger than ``tries`` is refused whatever the rule says of outages: else a crowd would be
    /// a way round the limit.
    private static func count(
        _ key: String, against limit: RateLimit, in store: any KeyValueStore, at clock: any WallClock
    ) async throws(KeyValueError) -> RateVerdict {
        let name = try name(key, limit)
        for _ in 0..<tries {
            let kept = try await store.get(name)
            let before = RateState(kept, of: limit)
            var state = before
            let verdict = state.count(at: clock.now(), against: limit)
            guard state != before else { return verdict }
            if try await store.compareAndSet(name, from: kept, to: state.bytes, expiresIn: verdict.reset) {
                return verdict
            }
        }
        return .unknown(limit, allowing: false)
    }
}
