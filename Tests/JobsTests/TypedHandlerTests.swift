import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(30))) struct TypedHandlerTests {
    private struct Welcome: JobParameters {
        static let kind = "welcome"
        static var policy: RetryPolicy? {
            var policy = RetryPolicy()
            policy.attempts = 1
            return policy
        }
        let name: String
    }

    @Test func `a worker does jobs by their parameters, and leaves results`() async throws {
        let database = try await freshDatabase()
        let queue = JobQueue(database, kinds: [Welcome.self])
        let handler = TypedHandler(Welcome.self, on: queue) { welcome, job in
            try await job.report(0.5, "writing")
            return { session in try job.setResult("Hello, \(welcome.name)", in: session) }
        }
        let worker = Worker(queue, [handler])
        let working = Task { await worker.run() }
        let id = try await database.write { try queue.enqueue(Welcome(name: "Ada"), in: $0) }
        let job = try await queue.end(of: id)
        working.cancel()
        await working.value
        #expect(try job.decodeResult(as: String.self) == "Hello, Ada")
        #expect(job.progress == JobProgress(0.5, "writing"))
    }

    @Test func `jobs follow the retry policy of their kind`() async throws {
        let bench = QueueBench(try await freshDatabase())
        let queue = JobQueue(bench.database, kinds: [Welcome.self], clock: bench.clock)
        let id = try await bench.database.write { try queue.enqueue(Welcome(name: "Ada"), in: $0) }
        let other = try await bench.enqueue()
        for job in try await queue.claim(from: ["default"], by: "ada", upTo: 2) {
            let failure = job.failed("no paper", at: bench.clock.now())
            _ = try await bench.database.write { try queue.apply(failure, to: job.id, in: $0) }
        }
        #expect(try await bench.state(of: id) == .dead(reason: "no paper"))
        #expect(try await bench.state(of: other).status == .pending)
    }

    @Test func `parameters that cannot be read are a failure that does not pass`() async throws {
        let database = try await freshDatabase()
        let queue = JobQueue(database)
        let handler = TypedHandler(Welcome.self, on: queue) { _, _ in { _ in } }
        let job = try NewJob(kind: Welcome.kind, payload: ["nme": "Ada"])
        _ = try await database.write { try queue.enqueue(job, in: $0) }
        let claimed = try #require(try await queue.claim(from: ["default"], by: "ada"))
        await #expect(throws: JobFailure(.final, "the job's parameters cannot be read")) {
            _ = try await handler.run(claimed)
        }
    }
}
