import Logging
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Jobs

/// A job goes on with what enqueued it.
@Suite struct TracedJobTests {
    private struct Empty: Codable {}

    /// Notes on whose behalf it runs, and enqueues another job with its end.
    private struct Witness: JobHandler {
        let queue: JobQueue
        let seen = Box()
        let kind = "witness"

        final class Box: Sendable {
            let traces = Mutex<[TraceContext?]>([])
        }

        func run(_ job: Job) async throws -> JobEffect {
            seen.traces.withLock { $0.append(TraceContext.current) }
            return { [queue] session in
                try queue.enqueue(NewJob(kind: "next", payload: Empty()), in: session)
            }
        }
    }

    private func run(_ job: JobID, by witness: Witness) async throws {
        let worker = Worker(
            name: "ada", queue: witness.queue, handlers: [witness], configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let claimed = try #require(try await worker.queue.claim(from: ["default"], by: "ada"))
        #expect(claimed.id == job)
        _ = await JobRun(job: claimed, worker: worker).run()
    }

    private func traces(_ queue: JobQueue, kind: String) async throws -> [TraceContext?] {
        try await queue.database.read { session in
            try session.rows("SELECT * FROM jobs WHERE kind = \(kind)").map { try Job($0).trace }
        }
    }

    @Test func `a job runs in the trace it was enqueued in, and so does what its end enqueues`() async throws {
        let queue = JobQueue(try await freshDatabase())
        let (witness, trace) = (Witness(queue: queue), TraceContext.random())
        let job = try await queue.database.write { session in
            try TraceContext.$current.withValue(trace) {
                try queue.enqueue(NewJob(kind: "witness", payload: Empty()), in: session)
            }
        }
        #expect(try await traces(queue, kind: "witness") == [trace])
        try await run(job, by: witness)
        let seen = try #require(witness.seen.traces.withLock { $0 }.first ?? nil)
        #expect(seen.traceID == trace.traceID && seen.parentID != trace.parentID)
        #expect(try await traces(queue, kind: "next").map { $0?.traceID } == [trace.traceID])
    }

    @Test func `one that nobody asked for has none`() async throws {
        let queue = JobQueue(try await freshDatabase())
        let witness = Witness(queue: queue)
        let job = try await queue.database.write {
            try queue.enqueue(NewJob(kind: "witness", payload: Empty()), in: $0)
        }
        try await run(job, by: witness)
        #expect(witness.seen.traces.withLock { $0 } == [nil])
        #expect(try await traces(queue, kind: "next") == [nil])
    }
}
