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

    private let queue: JobQueue
    private let work: Work

    public init(_ parameters: Parameters.Type, on queue: JobQueue, _ work: @escaping Work) {
        (self.queue, self.work) = (queue, work)
    }

    public var kind: String { Parameters.kind }

    public func run(_ job: Job) async throws -> JobEffect {
        let parameters: Parameters
        do {
            parameters = try job.decodePayload()
        } catch {
            throw JobFailure(.final, "the job's parameters cannot be read")
        }
        return try await work(parameters, RunningJob(job: job, queue: queue))
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
