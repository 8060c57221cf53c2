import Storage

/// Does the jobs of one kind by a function of their parameters.
///
/// ```swift
/// TypedHandler(Welcome.self, on: queue) { welcome, job in
///     try await job.report(0.5, "writing")
///     let letter = try await letter(to: welcome.name)
///     return { session in try letters.insert(letter, in: session) }
/// }
/// ```
public struct TypedHandler<Parameters: JobParameters>: JobHandler {
    public typealias Work = @Sendable (Parameters, RunningJob) async throws -> JobEffect

    /// Gives back what was held for a job, or holds it again.
    public typealias Care = @Sendable (Parameters, Job, any WriteSession) throws -> Void

    private let queue: JobQueue
    private let work: Work
    private let (abandon, replay): (Care?, Care?)

    /// - Parameters:
    ///   - abandon: done for one that ends without success.
    ///   - replay: done for a dead one that has its attempts again.
    public init(
        _ parameters: Parameters.Type, on queue: JobQueue, abandoned abandon: Care? = nil, replayed replay: Care? = nil,
        _ work: @escaping Work
    ) {
        (self.queue, self.work, self.abandon, self.replay) = (queue, work, abandon, replay)
    }

    public var kind: String { Parameters.kind }
    public var policy: RetryPolicy? { Parameters.policy }

    public func run(_ job: Job) async throws -> JobEffect {
        let parameters: Parameters
        do {
            parameters = try job.decodePayload()
        } catch {
            throw JobFailure(.final, "the job's parameters cannot be read")
        }
        return try await work(parameters, RunningJob(job: job, queue: queue))
    }

    public func abandoned(_ job: Job, in session: any WriteSession) throws {
        // A job that cannot be read must still be able to end.
        guard let abandon, let parameters = try? job.decodePayload(as: Parameters.self) else { return }
        try abandon(parameters, job, session)
    }

    public func replayed(_ job: Job, in session: any WriteSession) throws {
        guard let replay, let parameters = try? job.decodePayload(as: Parameters.self) else { return }
        try replay(parameters, job, session)
    }
}

/// A job as its handler sees it.
public struct RunningJob: Sendable {
    public let job: Job
    let queue: JobQueue

    /// - Parameters:
    ///   - fraction: how far it is, 0…1.
    ///   - note: for the owner.
    /// - Throws: ``LeaseLost`` when the job has gone to another: stop.
    public func report(_ fraction: Double, _ note: String? = nil) async throws {
        try await queue.report(JobProgress(fraction, note), of: job)
    }

    /// Leaves a result, in the effect.
    ///
    /// - Throws: ``JobQueueError/resultTooLarge(bytes:)`` above 128 KiB.
    public func setResult(_ result: some Encodable, in session: any WriteSession) throws {
        try queue.setResult(result, of: job, in: session)
    }
}
