import ServiceLifecycle
import Storage

/// How often a step is tried, and how long it waits in between. No worker is held meanwhile.
public struct StepRetry: Equatable, Sendable {
    /// Attempts in all. One that was cut off by a crash or a stop does not count, but where there is only one.
    public var attempts: Int
    /// Wait after the first failure; doubles with each further one.
    public var firstDelay: Duration
    public var longestDelay: Duration

    public init(
        attempts: Int = 3, firstDelay: Duration = .seconds(1), longestDelay: Duration = .seconds(60)
    ) {
        (self.attempts, self.firstDelay, self.longestDelay) = (attempts, firstDelay, longestDelay)
    }

    /// For work that must not be done again when nobody knows how far it went: that it begins is recorded before, and if it
    /// is cut off, or its result cannot be recorded, the step has failed.
    public static let never = StepRetry(attempts: 1)

    var isOnce: Bool { attempts <= 1 }

    /// As ``RetryPolicy/delay(afterFailure:jitter:)``.
    public func delay(afterFailure failure: Int, jitter: Double) -> Duration {
        var policy = RetryPolicy()
        (policy.firstDelay, policy.longestDelay) = (firstDelay, longestDelay)
        return policy.delay(afterFailure: failure, jitter: jitter)
    }
}

extension Error {
    /// The worker stops: no fault of what was being done.
    var isOfTheStop: Bool {
        Task.isCancelled || (self is CancellationError && Task.isShuttingDownGracefully)
    }

    /// The lease is lost, or the database away: no fault of a step, where the engine itself met it.
    var isOfTheEngine: Bool {
        if self is LeaseLost { return true }
        switch self as? DatabaseError {
        case .busy, .unavailable, .newerSchema: return true
        case .constraint, .unexpected, nil: return false
        }
    }
}

/// How a step's attempt failed, for those who read of it.
struct AttemptFailure {
    /// In words for the owner.
    let reason: String
    /// For the operator; nil when the reason says it all.
    let detail: String?
    let isFinal: Bool

    init(_ error: any Error) {
        switch error {
        case let failure as JobFailure: (reason, detail, isFinal) = (failure.reason, nil, failure.kind == .final)
        case let failure as StepFailed: (reason, detail, isFinal) = (failure.reason, nil, false)
        case let error as WorkflowError: (reason, detail, isFinal) = (error.description, nil, true)
        // The owner is not shown what may name files or statements.
        default: (reason, detail, isFinal) = ("an internal error", String(describing: error), false)
        }
    }
}
