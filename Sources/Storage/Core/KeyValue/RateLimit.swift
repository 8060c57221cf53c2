/// So many actions in so much time, counted per key in fixed windows.
public struct RateLimit: Sendable, Equatable {
    public let count: Int
    public let window: Duration

    public init(_ count: Int, per window: Duration) {
        (self.count, self.window) = (count, window)
    }
}

/// Counts actions over a ``KeyValueStore``, so that every process sharing the store shares the limit.
///
/// Fails open: an action is never refused because the store is down (KV-9).
public struct RateLimiter: Sendable {
    private let store: any KeyValueStore
    private let clock: any WallClock

    public init(_ store: any KeyValueStore, clock: any WallClock = SystemClock()) {
        (self.store, self.clock) = (store, clock)
    }

    public enum Verdict: Equatable, Sendable {
        case allowed(remaining: Int)
        case refused(retryAfter: Duration)
    }

    /// Counts one action of `key` and says whether it is within `limit`.
    public func count(_ key: String, against limit: RateLimit) async -> Verdict {
        let now = clock.now()
        let window = max(1, limit.window.wholeMilliseconds)
        let slot = now.milliseconds / window
        // Keys may be long or personal (an e-mail address): the store sees their digest.
        guard let name = try? KeyValueKey("rate:\(Checksum.sha256(key)):\(window):\(slot)"),
            let count = try? await store.increment(name, by: 1, expiresIn: limit.window)
        else { return .allowed(remaining: limit.count) }
        guard count > limit.count else { return .allowed(remaining: limit.count - count) }
        return .refused(retryAfter: .milliseconds((slot + 1) * window - now.milliseconds))
    }
}
