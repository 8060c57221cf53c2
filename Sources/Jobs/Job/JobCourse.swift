import Storage

/// A job's state together with what it has been through. `applying` is the only way from one to the next.
public struct JobCourse: Equatable, Sendable {
    public var state: JobState
    /// Attempts begun and not given back.
    public var attempts = 0
    public var lostLeases = 0
    public var crashes = 0
    /// The fencing token of the latest lease.
    public var token = 0
    public var isCancelRequested = false

    public init(_ state: JobState) {
        self.state = state
    }

    /// - Throws: ``InvalidTransition`` when the event does not fit the state, above all when a worker speaks
    ///   that no longer holds the lease.
    public func applying(_ event: JobEvent, _ policy: RetryPolicy) throws(InvalidTransition) -> JobCourse {
        var next = self
        switch (state, event) {
        case (.scheduled(let time), .due(let now)) where now >= time,
            (.retryable(let time), .due(let now)) where now >= time:
            next.state = .ready

        case (.scheduled, .hurried), (.retryable, .hurried):
            next.state = .ready

        case (.ready, .claimed(let worker, let now)):
            next.token += 1
            next.attempts += 1
            next.state = .leased(Lease(worker: worker, token: next.token, until: now + policy.lease))

        case (.leased(let lease), .heartbeat(let token, let now)) where token == lease.token:
            // Always another: who watches the lease sees that its holder lives, whichever way the clock was turned.
            let until = max(now + policy.lease, lease.until + .milliseconds(1))
            next.state = .leased(Lease(worker: lease.worker, token: lease.token, until: until))

        case (.leased(let lease), .succeeded(let token)) where token == lease.token:
            next.state = .succeeded

        case (.leased(let lease), .failed(let token, let now, let reason, let jitter)) where token == lease.token:
            next.state = afterFailure(at: now, reason, jitter, policy)

        case (.leased(let lease), .failedForGood(let token, let reason)) where token == lease.token:
            next.state = isCancelRequested ? .cancelled : .dead(reason: reason)

        case (.leased(let lease), .crashed(let token, let now, let reason, let jitter)) where token == lease.token:
            next.crashes += 1
            next.state =
                next.crashes >= policy.crashes && !isCancelRequested
                ? .dead(reason: reason) : afterFailure(at: now, reason, jitter, policy)

        case (.leased(let lease), .released(let token)) where token == lease.token:
            next.attempts -= 1
            next.state = isCancelRequested ? .cancelled : .ready

        case (.leased(let lease), .leaseExpired(let token)) where token == lease.token:
            next.attempts -= 1
            next.lostLeases += 1
            next.state =
                if isCancelRequested {
                    .cancelled
                } else if next.lostLeases >= policy.lostLeases {
                    .dead(reason: "its worker vanished \(next.lostLeases) times")
                } else {
                    .ready
                }

        case (.leased(let lease), .stopped(let token)) where token == lease.token && isCancelRequested:
            next.state = .cancelled

        case (.scheduled, .cancelRequested), (.ready, .cancelRequested), (.retryable, .cancelRequested):
            next.state = .cancelled

        case (.leased, .cancelRequested):
            // The worker is told at its next heartbeat; until then it may still succeed.
            next.isCancelRequested = true

        case (.dead, .replayed):
            next = JobCourse(.ready)
            next.token = token

        default:
            throw InvalidTransition(state: state, event: event)
        }
        return next
    }

    private func afterFailure(at now: Timestamp, _ reason: String, _ jitter: Double, _ policy: RetryPolicy) -> JobState
    {
        if isCancelRequested { return .cancelled }
        if attempts >= policy.attempts { return .dead(reason: reason) }
        return .retryable(at: now + policy.delay(afterFailure: attempts, jitter: jitter))
    }
}
