import FreshDatabases
import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Testing

@Suite struct QueryPlanTests {
    @Test func `what workers and owners ask often reads no whole table`() async throws {
        let bench = QueueBench(try await freshDatabase())
        try await fill(bench)
        let owner = AccountID.random()
        let asked = try await bench.enqueue(owner: owner)
        let plans = try await QueryPlan.all(on: bench.database) { database in
            let queue = JobQueue(database, clock: bench.clock)
            let job = try #require(try await queue.claim(from: ["default"], by: "ada"))
            _ = try await queue.heartbeat(job)
            _ = try await database.write { try queue.apply(.succeeded(token: job.course.token), to: job.id, in: $0) }
            try await queue.reclaimExpired { _, _ in }
            _ = try await database.read { session in
                _ = try queue.find(asked, of: owner, in: session)
                _ = try queue.list(of: owner, PageRequest(), in: session)
            }
        }
        #expect(plans.count >= 8)
        for plan in plans { #expect(plan.wholeTables.isEmpty, "\(plan)") }
    }

    @Test func `a question that no index answers is told`() async throws {
        let bench = QueueBench(try await freshDatabase())
        try await fill(bench)
        let plans = try await QueryPlan.all(on: bench.database) { database in
            _ = try await database.read { try $0.rows("SELECT id FROM jobs WHERE kind = \("tune") AND error = \("x")") }
        }
        #expect(plans.map(\.wholeTables) == [["jobs"]])
    }

    /// Many jobs that are over, and a few of every other kind.
    private func fill(_ bench: QueueBench) async throws {
        try await bench.database.write { session in
            for number in 0..<3000 {
                let job = try NewJob(kind: "tune", payload: number, owner: .random())
                try bench.queue.enqueue(job, in: session)
            }
            try session.execute(
                """
                UPDATE jobs SET state = CASE WHEN id < '01' THEN 'ready' WHEN id < '02' THEN 'retryable'
                    WHEN id < '03' THEN 'scheduled' ELSE 'succeeded' END, run_at = run_at + 1000000
                """)
        }
        for _ in 0..<3 { _ = try await bench.claim(by: "grace") }
        _ = try await bench.database.write { try $0.execute("ANALYZE") }
    }
}
