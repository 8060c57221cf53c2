import Storage

/// When a job runs again, and when it is given up.
public struct RetryPolicy: Equatable, Sendable {
    /// Attempts in all.
    public var attempts = 3
    /// Wait after the first failure; doubles with each further one.
    public var firstDelay = Duration.seconds(1)
    public var longestDelay = Duration.seconds(60)
    /// Lost leases after which a job is parked: they spend no attempt, but must not go on for ever.
    public var lostLeases = 20
    /// Crashes after which a job is taken for poison.
    public var crashes = 3
    /// How long a worker may be silent before its job goes to another.
    public var lease = Duration.seconds(15)

    public init() {}

    /// Wait after failure number `failure` (1, 2, …): doubles up to the cap, then up to a quarter is taken off.
    ///
    /// - Parameter jitter: 0…1; 0 for the full wait.
    public func delay(afterFailure failure: Int, jitter: Double) -> Duration {
        let doublings = min(max(failure - 1, 0), 30)
        let wait = min(longestDelay, firstDelay * (1 << doublings))
        return wait * (1 - 0.25 * min(max(jitter, 0), 1))
    }
}
