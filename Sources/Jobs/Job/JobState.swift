import Storage

/// Where a job stands.
public enum JobState: Equatable, Sendable {
    /// Waits for its time.
    case scheduled(at: Timestamp)
    /// Waits for a worker.
    case ready
    /// A worker has it.
    case leased(Lease)
    /// Failed, and waits for its next attempt.
    case retryable(at: Timestamp)
    case succeeded
    case cancelled
    /// Out of attempts; kept with its reason.
    case dead(reason: String)

    public var isFinal: Bool {
        switch self {
        case .succeeded, .cancelled, .dead: true
        case .scheduled, .ready, .leased, .retryable: false
        }
    }

    public var status: JobStatus {
        switch self {
        case .scheduled, .ready, .retryable: .pending
        case .leased: .processing
        case .succeeded: .completed
        case .cancelled: .cancelled
        case .dead: .failed
        }
    }
}

/// A worker's right to a job, until a time. The token grows with every lease of the job,
/// so that a worker that lost its lease cannot pass for the new holder.
public struct Lease: Equatable, Sendable {
    public let worker: String
    public let token: Int
    public let until: Timestamp

    public init(worker: String, token: Int, until: Timestamp) {
        (self.worker, self.token, self.until) = (worker, token, until)
    }
}

/// What happens to a job. Events bring their time; a worker's events name its token.
public enum JobEvent: Equatable, Sendable {
    /// The scheduled time has come.
    case due(at: Timestamp)
    case claimed(by: String, at: Timestamp)
    case heartbeat(token: Int, at: Timestamp)
    case succeeded(token: Int)
    /// - Parameter jitter: 0…1, spreads the retries of jobs that failed together.
    case failed(token: Int, at: Timestamp, reason: String, jitter: Double)
    /// Trying again cannot help.
    case failedForGood(token: Int, reason: String)
    /// The process that did the work died.
    case crashed(token: Int, at: Timestamp, reason: String, jitter: Double)
    /// The worker stops and gives the job back.
    case released(token: Int)
    /// The worker was silent for too long.
    case leaseExpired(token: Int)
    case cancelRequested
    /// The worker stopped the job because its cancellation was requested.
    case stopped(token: Int)
    /// A job that waits for its time is to run at once.
    case hurried
    /// A dead job is to run again, with all its attempts.
    case replayed
}

public struct InvalidTransition: Error, Equatable, Sendable {
    public let state: JobState
    public let event: JobEvent
}
