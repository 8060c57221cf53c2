import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Testing

@Suite struct ScheduleQueryPlanTests {
    @Test func `what schedulers and people ask often reads no whole table`() async throws {
        let bench = ScheduleBench(try await freshScheduleDatabase())
        try await fill(bench)
        let plans = try await QueryPlan.all(on: bench.database) { database in
            let schedules = Schedules(JobQueue(database, clock: bench.clock))
            let turn = try await schedules.claimDue(by: "ada")
            #expect(turn.runs.count == 2)
            let job = try #require(turn.runs.first?.job)
            try await schedules.register([bench.everyMinute("due 0")], by: "few")
            _ = try await database.write { session in
                try schedules.pause("schedule 7", in: session)
                try schedules.resume("schedule 7", in: session)
                try schedules.run("schedule 7", by: "grace", in: session)
                try schedules.prune(olderThan: .seconds(86_400), limit: 5, in: session)
            }
            _ = try await database.read { session in
                _ = try schedules.find("due 0", in: session)
                _ = try schedules.list(after: "schedule 1", limit: 5, in: session)
                _ = try schedules.run(of: job, in: session)
                let page = try schedules.runs(of: "due 1", PageRequest(limit: 5), in: session)
                _ = try schedules.runs(PageRequest(limit: 5, after: page.next), in: session)
            }
        }
        #expect(plans.count >= 20)
        for plan in plans { #expect(plan.wholeTables.isEmpty, "\(plan)") }
    }

    /// Many schedules that are not due, two that are, and a long history.
    private func fill(_ bench: ScheduleBench) async throws {
        let schedules = try (0..<3000).map { try Schedule("schedule \($0)", .cron("@yearly"), enqueues: "tune") }
        try await bench.schedules.register(schedules, by: "many")
        for name in ["due 0", "due 1"] { try await bench.put(bench.everyMinute(name, catchUp: .once), by: "few") }
        for _ in 0..<100 {
            bench.advance(minutes: 1)
            try await bench.claim()
        }
        _ = try await bench.database.write { session in
            for number in 0..<3000 {
                let run = "\(ScheduleRunID.random())"
                try session.execute(
                    """
                    INSERT INTO schedule_runs (id, schedule, slot, created_at, claimed_by)
                    VALUES (\(run), \("schedule \(number)"), \(number), \(number), 'ada')
                    """)
                try bench.queue.enqueue(NewJob(kind: "tune", payload: number), in: session)
            }
        }
        bench.advance(minutes: 1)
        try await QueueBench.setManyQueues(on: bench.database)
        _ = try await bench.database.write { try QueryPlan.analyze($0) }
    }
}
