/// So many actions in so much time.
public struct RateLimit: Sendable, Equatable {
    /// How actions are weighed against the limit.
    public enum Method: Sendable, Equatable {
        /// In every stretch of time as long as the window, wherever it begins, at most `count` actions.
        case slidingWindow
        /// A bucket of `burst` tokens, filled up again at `count` a window: short bursts pass, the long run is bounded.
        case tokenBucket(burst: Int)
    }

    /// What a limit, or a burst, may be. 0 allows nothing.
    public static let counts = 0...1_000_000
    public static let windows = Duration.milliseconds(1)...Duration.seconds(366 * 86_400)

    public let count: Int
    public let window: Duration
    public let method: Method

    /// - Parameters:
    ///   - count: in ``counts``; of a bucket, at least 1.
    ///   - window: in ``windows``.
    public init(_ count: Int, per window: Duration, _ method: Method = .slidingWindow) {
        precondition(Self.counts.contains(count), "a limit allows \(Self.counts) actions, not \(count)")
        precondition(Self.windows.contains(window), "a limit's window is a millisecond to a year, not \(window)")
        if case .tokenBucket(let burst) = method {
            precondition(Self.counts.contains(burst), "a bucket holds \(Self.counts) tokens, not \(burst)")
            precondition(count > 0, "a bucket that nothing flows into is no limit per time: use a sliding window")
        }
        (self.count, self.window, self.method) = (count, window, method)
    }

    var milliseconds: Int64 { window.wholeMilliseconds }

    /// What has to be kept of the actions of one key, so that a limit changed by the operator begins anew.
    var kind: String {
        switch method {
        case .slidingWindow: "window:\(milliseconds)"
        case .tokenBucket: "bucket:\(count):\(milliseconds)"
        }
    }
}
