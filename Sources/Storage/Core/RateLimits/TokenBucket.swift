/// What is in the bucket of one key: `burst` tokens at most, filled up again at `count` a window; an action takes one.
///
/// In any stretch of time at most `burst` actions pass, and those for which tokens flow in meanwhile. Tokens are kept in
/// parts, of which each has as many as the window has milliseconds: so `count` parts flow in each millisecond, and
/// nothing is rounded.
struct TokenBucket: Equatable, Sendable {
    /// Nil of a bucket nobody has taken from: a full one.
    private(set) var level: Level?

    struct Level: Equatable, Sendable {
        var parts: Int64
        /// Milliseconds since 1970, when there were so many.
        var time: Int64
    }

    init(level: Level? = nil) {
        self.level = level
    }

    /// Takes a token, if there is one.
    mutating func count(at now: Timestamp, against limit: RateLimit) -> RateVerdict {
        let flow = Flow(limit)
        // Counted before the clock was set back, or by a machine whose clock is ahead: from now on tokens flow in again.
        if let level { self.level?.time = min(level.time, now.milliseconds) }
        let parts = self.parts(at: now, flow)
        guard parts >= flow.token else { return flow.verdict(parts) }
        level = Level(parts: parts - flow.token, time: now.milliseconds)
        return flow.verdict(parts - flow.token, taken: true)
    }

    /// What ``count(at:against:)`` would say, without taking one.
    func look(at now: Timestamp, against limit: RateLimit) -> RateVerdict {
        let flow = Flow(limit)
        return flow.verdict(parts(at: now, flow))
    }

    private func parts(at now: Timestamp, _ flow: Flow) -> Int64 {
        guard let level else { return flow.capacity }
        let passed = max(0, (now - Timestamp(milliseconds: level.time)).wholeMilliseconds)
        let (gained, overflow) = passed.multipliedReportingOverflow(by: flow.rate)
        let parts = min(max(0, level.parts), flow.capacity)
        return overflow || gained > flow.capacity - parts ? flow.capacity : parts + gained
    }
}

/// A limit in parts of tokens. The largest limits fit: 10⁶ tokens of 366 days are 3 · 10¹⁶ parts.
private struct Flow {
    let token: Int64
    let rate: Int64
    let capacity: Int64

    init(_ limit: RateLimit) {
        (token, rate) = (limit.milliseconds, Int64(limit.count))
        capacity = if case .tokenBucket(let burst) = limit.method { Int64(burst) * limit.milliseconds } else { 0 }
    }

    func verdict(_ parts: Int64, taken: Bool = false) -> RateVerdict {
        RateVerdict(
            limit: Int(capacity / token), remaining: Int(parts / token), reset: wait(for: capacity - parts),
            retryAfter: taken || parts >= token ? nil : wait(for: token - parts))
    }

    /// Until so many have flowed in, rounded up to the millisecond.
    private func wait(for parts: Int64) -> Duration {
        .milliseconds(parts / rate + (parts % rate == 0 ? 0 : 1))
    }
}
