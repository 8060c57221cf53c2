/// How often a model is asked, and after which wait.
///
/// Three tries of 30 s each, with min(2ⁿ, 10) s between them.
public struct ModelRetries: Equatable, Sendable {
    /// In all, the first one included.
    public var attempts: Int
    /// Of one try.
    public var limit: Duration
    /// The longest wait between two.
    public var cap: Duration

    public init(attempts: Int = 3, limit: Duration = .seconds(30), cap: Duration = .seconds(10)) {
        (self.attempts, self.limit, self.cap) = (attempts, limit, cap)
    }

    /// - Parameters:
    ///   - failure: counted from 1.
    ///   - asked: the answer's `Retry-After`; who asks for more than there is time for is not asked again.
    func wait(after failure: Int, asked: Duration?) -> Duration {
        max(min(cap, .seconds(1 << min(max(failure, 0), 20))), asked ?? .zero)
    }
}
