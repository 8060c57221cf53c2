import Jobs
import Storage

/// What is looked after, each by a schedule.
enum UpkeepPart: String, Codable, CaseIterable, Sendable {
    /// Holds of uploads that never came in.
    case holds
    /// Sessions, keys, sign-ins and entries of the audit log that are over.
    case sessions
    /// Key-values that expired.
    case values
    /// Answers kept for repeats of requests.
    case answers
    /// Events that no follower is waited for any more.
    case events
    /// Deletions that no device is waited for any more.
    case sync
    /// Messages, rooms and presences that are over.
    case rooms
    /// Uploads by link that are overdue.
    case uploads
    /// Pending objects whose upload was abandoned.
    case pending
    /// Objects that have lived their time.
    case objects
    /// Objects that no row knows. How long they are spared is written down apart, as rows may be brought from elsewhere.
    case orphans
    /// Samples that were hidden long ago.
    case samples
    /// Samples of older versions become findable.
    case index
    /// Jobs that ended long ago.
    case jobs
    /// Sums of what was used on a day.
    case usage
    /// What the payment provider may not have told.
    case payments

    private var seconds: Int {
        switch self {
        case .holds, .uploads, .pending: 60
        case .values, .answers, .index, .payments: 300
        case .sessions, .objects, .orphans, .samples, .jobs, .usage, .events, .sync, .rooms: 3600
        }
    }

    var schedule: Schedule {
        get throws {
            try Schedule(
                "upkeep: \(rawValue)", .every(.seconds(seconds)), enqueues: UpkeepJob.kind,
                payload: UpkeepJob.Payload(part: self), queue: UpkeepJob.queue, priority: .max)
        }
    }
}

/// Does one part of the upkeep.
struct UpkeepJob: JobHandler {
    struct Payload: Codable {
        let part: UpkeepPart
    }

    static let kind = "upkeep"
    static let queue = "upkeep"
    /// The next slot is the next attempt.
    static let policy = {
        var policy = RetryPolicy()
        policy.attempts = 1
        return policy
    }()

    let upkeep: Upkeep

    var kind: String { Self.kind }
    var policy: RetryPolicy? { Self.policy }

    func run(_ job: Job) async throws -> JobEffect {
        guard let payload = try? job.decodePayload(as: Payload.self) else {
            throw JobFailure(.final, "the job cannot be read")
        }
        try await upkeep.run(payload.part)
        return { _ in }
    }
}
