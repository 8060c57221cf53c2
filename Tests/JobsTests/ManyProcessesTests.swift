import FreshDatabases
import Jobs
import JobsTestKit
import Storage
import Testing

/// Queues of several processes on one server, each with its own connections and its own signals.
@Suite(
    .enabled(if: FreshDatabase.postgresURL != nil, "set TEST_POSTGRES_URL: Scripts/postgres-server.sh start DIR"),
    .timeLimit(.minutes(30)))
struct ManyProcessesTests {
    @Test func `a waiting worker is told of the job that another process enqueued`() async throws {
        let schema = try await FreshDatabase.schema()
        let (here, there) = (try await bench(on: schema), try await bench(on: schema))
        // It looks by itself once an hour: only the signal can tell it in time.
        try await there.whileWorking([ScriptedHandler { _ in { _ in } }], lookingEvery: .seconds(3_600)) {
            for _ in 0..<20 {
                let id = try await here.enqueue()
                #expect(await there.ends(1).map(\.status) == ["completed"])
                #expect(try await here.job(id).course.state == .succeeded)
            }
        }
    }

    @Test func `a worker is told of the job that another one gave back`() async throws {
        let schema = try await FreshDatabase.schema()
        let (here, there) = (try await bench(on: schema), try await bench(on: schema))
        let id = try await here.enqueue()
        let job = try #require(try await here.queue.claim(from: ["default"], by: "grace"))
        let ends = try await there.whileWorking([ScriptedHandler { _ in { _ in } }], lookingEvery: .seconds(3_600)) {
            _ = try await here.database.write {
                try here.queue.apply(.released(token: job.course.token), to: job.id, in: $0)
            }
            return await there.ends(1)
        }
        #expect(ends.map(\.status) == ["completed"])
        #expect(try await here.outcomes(of: id) == ["released", "succeeded"])
    }

    @Test func `workers of four processes do every job once`() async throws {
        let schema = try await FreshDatabase.schema()
        let (benches, jobs) = (try await benches(4, on: schema), 200)
        let handler = ScriptedHandler { job in
            { try $0.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), 'done')") }
        }
        try await withThrowingTaskGroup { group in
            for bench in benches {
                group.addTask {
                    try await bench.whileWorking([handler], slots: 4, lookingEvery: .seconds(3_600)) {
                        while try await bench.ledger().count < jobs { try await Task.sleep(for: .milliseconds(20)) }
                    }
                }
            }
            for number in 0..<jobs { try await benches[number % 4].enqueue() }
            try await group.waitForAll()
        }
        let counts = try await benches[0].database.read { try benches[0].queue.counts(in: $0) }
        #expect(counts.map { "\($0.count) \($0.state)" } == ["\(jobs) succeeded"])
    }

    private func benches(_ count: Int, on schema: FreshSchema) async throws -> [WorkerBench] {
        var benches: [WorkerBench] = []
        for _ in 0..<count { benches.append(try await bench(on: schema)) }
        return benches
    }

    private func bench(on schema: FreshSchema) async throws -> WorkerBench {
        try await WorkerBench(on: schema.database(), signals: schema.signals())
    }
}
