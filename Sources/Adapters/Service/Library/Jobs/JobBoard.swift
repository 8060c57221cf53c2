import Auth
import Jobs
import SampleLibrary
import Storage

/// An account's jobs, as their owner sees them.
public struct JobBoard: Sendable {
    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let handlers: JobHandlers
    let egress: Egress

    public func job(_ id: JobID, of caller: Principal) async throws -> JobReport {
        let account = try caller.may(.readJobs)
        return JobReport(try await database.read { try find(id, of: account, in: $0) })
    }

    /// - Parameters:
    ///   - status: only those that stand so.
    ///   - kind: only those.
    public func jobs(
        of caller: Principal, _ page: PageRequest, status: JobStatus? = nil, kind: String? = nil
    ) async throws -> Page<JobReport> {
        let account = try caller.may(.readJobs)
        return try await database.read {
            try queue.list(of: account, page, status: status, kind: kind, in: $0)
        }.map(JobReport.init)
    }

    /// The file that a job has made.
    ///
    /// - Throws: ``ServiceError`` `.notFound` for a job that made none, and when its week is over.
    public func file(of id: JobID, for caller: Principal) async throws -> (ExportedFile, Download) {
        let account = try caller.may(.readLibrary)
        let job = try await database.read { try find(id, of: account, in: $0) }
        guard let file = JobReport(job).output?.file, let key = try? ObjectKey(file.key),
            key.text.hasPrefix("\(ExportedFile.folder)/\(account)/\(id)/")
        else { throw ServiceError.notFound("file of this job") }
        do {
            return (file, Download(try await objects.get(key), of: account, egress))
        } catch ObjectStoreError.notFound {
            throw ServiceError.notFound("file of this job any more: it was kept for a week")
        }
    }

    /// Ends a job of the caller's that waits, and gives back what was held for it; one that runs is asked to stop.
    ///
    /// - Throws: ``ServiceError`` `.notFound`, `.conflict` for one that is over, or that is not theirs to stop.
    public func cancel(_ id: JobID, of caller: Principal) async throws -> JobReport {
        let account = try caller.may(.changeJobs)
        return JobReport(
            try await database.write { session in
                let job = try find(id, of: account, in: session)
                _ = try handler(of: job)
                do {
                    return try queue.cancel(id, handlers, in: session)
                } catch is InvalidTransition {
                    throw ServiceError.conflict("the job is over: there is nothing left to stop")
                }
            })
    }

    /// Gives a failed job of the caller's all its attempts again, and holds what it needs.
    ///
    /// - Throws: ``ServiceError`` `.notFound`, `.conflict` for one that has not failed, or cannot come to anything,
    ///   `.quotaExceeded`.
    public func retry(_ id: JobID, of caller: Principal) async throws -> JobReport {
        let account = try caller.may(.changeJobs)
        return JobReport(
            try await database.write { session in
                let job = try find(id, of: account, in: session)
                let handler = try handler(of: job)
                guard case .dead = job.course.state else {
                    throw ServiceError.conflict("only a job that has failed can be tried again")
                }
                guard try handler.isWorthReplaying(job, in: session) else {
                    throw ServiceError.conflict("the file was refused, and would be again: upload another")
                }
                do {
                    return try queue.replay(id, handlers, in: session)
                } catch JobQueueError.replaced {
                    throw ServiceError.conflict("another job is doing the same already: wait for that one")
                }
            })
    }

    /// Ends a job that waits, and gives back what was held for it; one that runs is asked to stop. For whoever runs the
    /// program.
    ///
    /// - Throws: ``JobQueueError/notFound(_:)``, `InvalidTransition` for a job that is over.
    public func cancel(_ id: JobID) async throws -> JobReport {
        JobReport(try await database.write { try queue.cancel(id, handlers, in: $0) })
    }

    /// Gives a dead job all its attempts again, and holds what it needs. For whoever runs the program.
    ///
    /// - Throws: ``ServiceError`` `.quotaExceeded` where its owner has no room for it any more, and what
    ///   ``JobQueue/replay(_:_:in:)`` throws.
    public func replay(_ id: JobID) async throws -> JobReport {
        JobReport(try await database.write { try queue.replay(id, handlers, in: $0) })
    }

    private func find(_ id: JobID, of account: AccountID, in session: any ReadSession) throws -> Job {
        guard let job = try queue.find(id, of: account, in: session) else { throw ServiceError.notFound("job") }
        return job
    }

    private func handler(of job: Job) throws(ServiceError) -> any OwnersJob {
        guard let handler = handlers[job.kind] as? any OwnersJob else {
            throw .conflict("the service needs this job done: it goes on by itself")
        }
        return handler
    }
}

public struct JobReport: Sendable, Equatable {
    public let id: JobID
    public let kind: String
    public let status: JobStatus
    /// What the job said last of how far it is.
    public let progress: JobProgress?
    /// What the job made; nil until it is completed.
    public let output: JobOutput?
    /// Why it failed.
    public let error: String?
    public let attempts: Int
    public let createdAt: Timestamp
    public let startedAt: Timestamp?
    public let completedAt: Timestamp?

    /// The sample that the job made, or was about.
    public var sample: SampleID? { output?.sample }

    init(_ job: Job) {
        (id, kind) = (job.id, job.kind)
        status = job.course.state.status
        progress = status == .completed ? JobProgress(1) : job.progress
        output = status == .completed ? JobOutput(of: job) : nil
        error = status == .completed ? nil : job.error
        attempts = job.course.attempts
        (createdAt, startedAt, completedAt) = (job.createdAt, job.startedAt, job.completedAt)
    }
}

extension JobOutput {
    /// Of a completed job; nil where it made nothing for its owner.
    fileprivate init?(of job: Job) {
        // An upload says beforehand which sample it will be.
        if job.kind == AnalyzeUpload.kind {
            self.init(sample: (try? job.decodePayload(as: AnalyzeUpload.Payload.self))?.sample)
        } else if let output = try? job.decodeResult(as: JobOutput.self), output != JobOutput() {
            self = output
        } else {
            return nil
        }
    }
}
