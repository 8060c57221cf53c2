/// How often a request is sent, and after which wait.
public struct StripeRetries: Equatable, Sendable {
    /// In all, the first one included.
    public var attempts: Int
    /// The longest wait after the first failure; it doubles with each one more.
    public var base: Duration
    /// The longest of all, whatever Stripe asks for: somebody waits for the page.
    public var cap: Duration

    public init(attempts: Int = 3, base: Duration = .milliseconds(500), cap: Duration = .seconds(5)) {
        (self.attempts, self.base, self.cap) = (attempts, base, cap)
    }

    /// Half of it is chance, so that those who failed together do not come back together.
    ///
    /// - Parameters:
    ///   - failure: counted from 1.
    ///   - asked: the answer's `Retry-After`.
    ///   - chance: 0…1.
    func wait(after failure: Int, asked: Duration?, chance: Double) -> Duration {
        let ceiling = min(cap, base * (1 << min(max(failure, 1) - 1, 20)))
        return min(cap, max(ceiling * (0.5 + chance / 2), asked ?? .zero))
    }
}
