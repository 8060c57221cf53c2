import Auth
import Jobs
import SampleLibrary
import Storage

/// An account's jobs, as their owner sees them.
public struct JobBoard: Sendable {
    let database: any Database
    let queue: JobQueue
    let handlers: JobHandlers

    public func job(_ id: JobID, of caller: Principal) async throws -> JobReport {
        let account = try caller.may(.readJobs)
        guard let job = try await database.read({ try queue.find(id, of: account, in: $0) }) else {
            throw ServiceError.notFound("job")
        }
        return JobReport(job)
    }

    public func jobs(of caller: Principal, _ page: PageRequest) async throws -> Page<JobReport> {
        let account = try caller.may(.readJobs)
        return try await database.read { try queue.list(of: account, page, in: $0) }.map(JobReport.init)
    }

    /// Ends a job that waits, and gives back what was held for it; one that runs is asked to stop.
    ///
    /// - Throws: ``JobQueueError/notFound(_:)``, `InvalidTransition` for a job that is over.
    public func cancel(_ id: JobID) async throws -> JobReport {
        JobReport(try await database.write { try queue.cancel(id, handlers, in: $0) })
    }

    /// Gives a dead job all its attempts again, and holds what it needs.
    ///
    /// - Throws: ``ServiceError`` `.quotaExceeded` where its owner has no room for it any more, and what
    ///   ``JobQueue/replay(_:_:in:)`` throws.
    public func replay(_ id: JobID) async throws -> JobReport {
        JobReport(try await database.write { try queue.replay(id, handlers, in: $0) })
    }
}

public struct JobReport: Sendable, Equatable {
    public let id: JobID
    public let status: JobStatus
    /// What the job made; nil until it is completed.
    public let sample: SampleID?
    /// Why it failed.
    public let error: String?
    public let attempts: Int
    public let createdAt: Timestamp
    public let startedAt: Timestamp?
    public let completedAt: Timestamp?

    init(_ job: Job) {
        id = job.id
        status = job.course.state.status
        sample = status == .completed ? (try? job.decodePayload(as: AnalyzeUpload.Payload.self))?.sample : nil
        error = status == .completed ? nil : job.error
        attempts = job.course.attempts
        (createdAt, startedAt, completedAt) = (job.createdAt, job.startedAt, job.completedAt)
    }
}
