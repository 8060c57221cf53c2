/// Whether an action is within its limit, and what is left of it.
public struct RateVerdict: Equatable, Sendable {
    /// The most that is allowed at once: the count of a window, the burst of a bucket.
    public let limit: Int
    /// How many more are allowed now.
    public let remaining: Int
    /// Until all of the limit is there again, if nothing more is done.
    public let reset: Duration
    /// Nil when the action is allowed. At least a millisecond.
    public let retryAfter: Duration?

    public var isAllowed: Bool { retryAfter == nil }

    public init(limit: Int, remaining: Int, reset: Duration, retryAfter: Duration? = nil) {
        (self.limit, self.remaining) = (limit, remaining)
        (self.reset, self.retryAfter) = (reset, retryAfter)
    }

    /// Of a limit that nobody could count.
    static func unknown(_ limit: RateLimit, allowing: Bool) -> RateVerdict {
        let most =
            switch limit.method {
            case .slidingWindow: limit.count
            case .tokenBucket(let burst): burst
            }
        return RateVerdict(
            limit: most, remaining: allowing ? most : 0, reset: .zero,
            retryAfter: allowing ? nil : RateLimiter.pause)
    }
}
