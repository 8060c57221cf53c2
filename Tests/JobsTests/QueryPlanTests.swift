import FreshDatabases
import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

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
            for held in try await database.read({ try queue.leases(in: $0) }) {
                _ = try await database.write { try queue.reclaim(held, in: $0) }
            }
            _ = try await database.read { try queue.nextDue(in: $0) }
            _ = try await database.read { session in
                _ = try queue.find(asked, of: owner, in: session)
                _ = try queue.list(of: owner, PageRequest(), in: session)
                _ = try queue.list(JobFilter(), PageRequest(), in: session)
            }
        }
        #expect(plans.count >= 8)
        for plan in plans where !"\(plan)".contains("jobs_leased") { #expect(plan.wholeTables.isEmpty, "\(plan)") }
    }

    @Test func `an estimate reads no whole table, wherever the job stands`() async throws {
        let bench = QueueBench(try await freshDatabase())
        try await fill(bench)
        let later = bench.clock.now() + .seconds(3600)
        let asked = [try await bench.enqueue(owner: .random()), try await bench.enqueue(runAt: later)]
        // So many jobs and attempts that an engine does not read them all.
        try await bench.database.write { session in
            try session.execute(
                """
                INSERT INTO jobs (id, kind, payload, queue, priority, owner, state, run_at, turn, is_follow_up, attempts,
                    lost_leases, crashes, lease_token, cancel_requested, created_at)
                SELECT id || column1, kind, payload, queue, priority, owner, state, run_at, turn, 0, 1, 0, 0, 1, 0, created_at
                FROM jobs CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS copies
                WHERE state = 'succeeded'
                """)
            try session.execute(
                """
                INSERT INTO job_attempts (job_id, token, worker, started_at, ended_at, outcome, queue)
                SELECT id, 1, 'ada', created_at, created_at + 1000, 'succeeded', queue FROM jobs WHERE state = 'succeeded'
                """)
            _ = try QueryPlan.analyze(session)
        }
        let plans = try await QueryPlan.all(on: bench.database) { database in
            let queue = JobQueue(database, clock: bench.clock)
            let estimates = try await database.read { session in
                try asked.map { try queue.estimate(of: $0, in: session) }
            }
            #expect(estimates.allSatisfy { $0 != nil })
        }
        #expect(plans.count >= 8)
        // What is read of them stands in a limited part of the statement, which is then read whole.
        for plan in plans where !"\(plan)".contains("jobs_leased") {
            #expect(Set(plan.wholeTables).isDisjoint(with: ["jobs", "job_attempts"]), "\(plan)")
        }
    }

    @Test func `who looks for lost leases or dead jobs reads no others`() async throws {
        let bench = QueueBench(try await freshDatabase())
        try await fill(bench)
        let plans = try await QueryPlan.all(on: bench.database) { database in
            _ = try await database.read { session in
                _ = try bench.queue.leases(in: session)
                _ = try bench.queue.dead(in: session)
            }
        }
        for (plan, index) in zip(plans, ["jobs_leased", "jobs_dead"]) {
            #expect("\(plan)".contains(index), "\(plan)")
        }
    }

    @Test func `a question that no index answers is told`() async throws {
        let bench = QueueBench(try await freshDatabase())
        try await fill(bench)
        let plans = try await QueryPlan.all(on: bench.database) { database in
            _ = try await database.read { try $0.rows("SELECT id FROM jobs WHERE kind = \("tune") AND error = \("x")") }
        }
        #expect(plans.map(\.wholeTables) == [["jobs"]])
    }

    /// Many jobs that are over, and a few of every other kind: always as many, as the engine goes by how many there are.
    private func fill(_ bench: QueueBench) async throws {
        try await bench.database.write { session in
            let jobs = try (0..<3000).map { try NewJob(kind: "tune", payload: $0, owner: .random()) }
            try bench.queue.enqueue(jobs, in: session)
            func set(_ state: String, _ some: ArraySlice<NewJob>) throws {
                try session.execute("UPDATE jobs SET state = \(state) WHERE id IN (\(list: some.map(\.id)))")
            }
            try session.execute("UPDATE jobs SET state = 'succeeded', run_at = run_at + 1000000")
            try set("ready", jobs[..<4])
            try set("retryable", jobs[4..<8])
            try set("scheduled", jobs[8..<12])
        }
        for _ in 0..<3 { _ = try await bench.claim(by: "grace") }
        try await QueueBench.setManyQueues(on: bench.database)
        _ = try await bench.database.write { try QueryPlan.analyze($0) }
    }
}
