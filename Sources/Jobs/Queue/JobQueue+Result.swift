import Foundation
import Storage

extension JobQueue {
    /// Tells how far a job is: kept with it, and seen by whoever looks. A handler calls it through its ``RunningJob``.
    ///
    /// - Throws: ``LeaseLost`` when the job has gone to another.
    public func report(_ progress: JobProgress, of job: Job) async throws {
        let token = job.course.token
        let changed = try await database.write(.readCommitted) { session in
            let changed = try session.execute(
                """
                UPDATE jobs SET progress = \(progress.fraction), progress_note = \(progress.note)
                WHERE id = \(job.id) AND lease_token = \(token) AND state = 'leased'
                """)
            if changed == 1 { try tell({ [JobNews(job, .processing, progress: progress)] }, in: session) }
            return changed
        }
        guard changed == 1 else { throw LeaseLost(job: job.id) }
    }

    /// Leaves a result for whoever waits for the job. For the effect of a handler: it counts if the job succeeds.
    ///
    /// - Throws: ``JobQueueError/resultTooLarge(bytes:)`` above 128 KiB.
    public func setResult(_ result: some Encodable, of job: Job, in session: any WriteSession) throws {
        let bytes = Array(try JSONEncoder().encode(result))
        guard bytes.count <= NewJob.largestPayload else { throw JobQueueError.resultTooLarge(bytes: bytes.count) }
        try session.execute("UPDATE jobs SET result = \(String(decoding: bytes, as: UTF8.self)) WHERE id = \(job.id)")
    }

    /// Waits until a job has ended, however it does.
    ///
    /// - Parameter pause: how often it is looked at where no signal tells of its end, as that of another process in an
    ///   embedded database.
    /// - Throws: ``JobQueueError/notFound(_:)``, ``DatabaseError``; `CancellationError` when nobody waits any more.
    public func end(of id: JobID, lookingEvery pause: Duration = .seconds(1)) async throws -> Job {
        for await _ in signals.signals(on: Self.endings, orEvery: pause) {
            guard let job = try await database.read({ try find(id, in: $0) }) else { throw JobQueueError.notFound(id) }
            if job.course.state.isFinal { return job }
        }
        throw CancellationError()
    }
}

extension Job {
    /// Nil where the handler left none.
    public func decodeResult<Result: Decodable>(as type: Result.Type = Result.self) throws -> Result? {
        try result.map { try JSONDecoder().decode(type, from: Data($0)) }
    }
}
