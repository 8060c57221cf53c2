/// How often a request is sent again, and after which wait.
public struct S3RetryPolicy: Equatable, Sendable {
    /// In all, the first one included.
    public var attempts: Int
    /// The longest wait after the first failure; it doubles with each one more.
    public var base: Duration
    public var cap: Duration

    public init(attempts: Int = 6, base: Duration = .milliseconds(100), cap: Duration = .seconds(10)) {
        (self.attempts, self.base, self.cap) = (attempts, base, cap)
    }

    /// The longest wait after failure number `failure`, counted from 1.
    func ceiling(after failure: Int) -> Duration {
        min(cap, base * (1 << min(max(failure - 1, 0), 20)))
    }

    /// Full jitter: anything from none to the ceiling, so that those who failed together do not come back together.
    ///
    /// Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
    func wait(after failure: Int, asked: Duration?, using random: inout some RandomNumberGenerator) -> Duration {
        let wait = ceiling(after: failure) * Double.random(in: 0...1, using: &random)
        return min(cap, max(wait, asked ?? .zero))
    }
}
