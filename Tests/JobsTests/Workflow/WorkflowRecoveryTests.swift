import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

/// Runs whose job ended without them.
@Suite struct WorkflowRecoveryTests {
    private static let sleeping: Told.Body = { _, context in
        _ = try await context.step("a") {
            "a"
        } undo: { _ in
            { try note("undo a", in: $0) }
        }
        try await context.sleep("a day", for: .seconds(86_400))
        return "rested"
    }

    private static func timer(_ bench: WorkflowBench) async throws -> JobID {
        let row = try await bench.database.read { try $0.row("SELECT id FROM jobs WHERE state = 'scheduled'") }
        return try #require(row).get("id")
    }

    @Test func `a job that says nothing of its run is given up, and holds up nothing`() async throws {
        let bench = try await WorkflowBench { $0.lostLeases = 1 }
        let handler = bench.workflows.handler(Told { _, _ in "" })
        for _ in 0..<2 {
            try await bench.write { session in
                _ = try bench.queue.enqueue(NewJob(kind: handler.kind, payload: ["run": 7]), in: session)
            }
        }
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "ada"))
        await #expect(throws: JobFailure(.final, "the job does not say which run it goes on with")) {
            _ = try await handler.run(job)
        }
        _ = try #require(try await bench.queue.claim(from: ["default"], by: "vanished"))
        try await bench.loseLeases([handler])
        #expect(try await bench.openJobs().isEmpty)
    }

    @Test func `a run whose job died where nobody knew its workflow is parked, and goes on when it is resumed`()
        async throws
    {
        let bench = try await WorkflowBench { $0.lostLeases = 1 }
        let id = try await bench.start()
        _ = try #require(try await bench.queue.claim(from: ["default"], by: "vanished"))
        try await bench.loseLeases()
        #expect(try await bench.workflows.recover(jobsEndedSince: bench.clock.now()) == 1)
        let reason = ParkingReason.jobGivenUp(reason: "its worker vanished 1 times")
        #expect(try await bench.state(of: id) == .parked(reason, undoing: nil))
        #expect(try await bench.workflows.recover(jobsEndedSince: bench.clock.now()) == 0)
        try await bench.write { try bench.workflows.resume(id, in: $0) }
        try await bench.run { _, _ in "done" }
        #expect(try await bench.output(of: id) == "done")
    }

    @Test func `what happened before is found by the thorough look alone`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run(Self.sleeping)
        let timer = try await Self.timer(bench)
        _ = try await bench.write { try bench.queue.cancel(timer, in: $0) }
        bench.clock.advance(by: .seconds(10))
        #expect(try await bench.workflows.recover(jobsEndedSince: bench.clock.now()) == 0)
        #expect(try await bench.workflows.recoverAll() == 1)
        #expect(try await bench.workflows.recoverAll() == 0)
        try await bench.run(Self.sleeping)
        #expect(try await bench.state(of: id) == .cancelled)
        #expect(try await bench.ledger() == ["undo a"])
    }

    @Test func `a run whose job is no longer kept is parked, as nobody knows how it ended`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run(Self.sleeping)
        _ = try await bench.write { try $0.execute("DELETE FROM jobs") }
        #expect(try await bench.workflows.recoverAll() == 1)
        #expect(try await bench.state(of: id) == .parked(.jobGivenUp(reason: "it is gone"), undoing: nil))
    }

    @Test func `runs that wait, go on or have ended are left alone`() async throws {
        let bench = try await WorkflowBench()
        for input in 0..<4 { _ = try await bench.start(input) }
        let body: Told.Body = { input, context in
            switch input {
            case 0: return "done"
            case 1: return try await context.wait(for: "go")
            default: return try await Self.sleeping(input, context)
            }
        }
        for _ in 0..<3 { try await bench.turn(body) }
        let jobs = try await bench.openJobs()
        let since = bench.clock.now() - .seconds(60)
        #expect(try await bench.workflows.recover(jobsEndedSince: since) == 0)
        #expect(try await bench.workflows.recoverAll() == 0)
        #expect(try await bench.openJobs() == jobs)
    }

    @Test func `however many there are, all are found`() async throws {
        let bench = try await WorkflowBench()
        try await bench.write { session in
            for number in 0..<25 { try bench.workflows.start(Told.self, number, in: session) }
            try session.execute(
                "UPDATE jobs SET state = 'dead', completed_at = \(bench.clock.now()), error = 'no disk'")
        }
        let now = bench.clock.now()
        #expect(try await bench.workflows.recover(jobsEndedSince: now, pageSize: 10) == 25)
        _ = try await bench.write { session in
            try session.execute("UPDATE workflows SET status = 'running', parking = NULL")
        }
        #expect(try await bench.workflows.recoverAll(pageSize: 10) == 25)
    }

    @Test func `the upkeep mends by the minutes, and forgets by the day`() async throws {
        let bench = try await WorkflowBench()
        try await bench.database.migrate([ScheduleSchema.migrations], at: bench.clock.now())
        let schedules = Schedules(bench.queue)
        try await schedules.register(WorkflowUpkeep.schedules(), by: "library")
        let upkeep = WorkflowUpkeep(bench.workflows, keepsRuns: .seconds(86_400))
        let (old, mended) = (try await bench.start(1), try await bench.start(2))
        let body: Told.Body = { input, context in
            input == 1 ? "done" : try await Self.sleeping(input, context)
        }
        let handlers: [any JobHandler] = [upkeep, bench.workflows.handler(Told(body))]
        while try await bench.turn(handlers) {}
        let timer = try await Self.timer(bench)
        _ = try await bench.write { try bench.queue.cancel(timer, in: $0) }
        bench.clock.advance(by: .seconds(300))
        _ = try await schedules.claimDue(by: "ada")
        while try await bench.turn(handlers) {}
        #expect(try await bench.state(of: mended) == .cancelled)
        #expect(try await bench.state(of: old) == .completed)
        bench.clock.advance(by: .seconds(2 * 86_400))
        _ = try await schedules.claimDue(by: "ada")
        while try await bench.turn(handlers) {}
        #expect(try await bench.database.read { try bench.workflows.find(old, in: $0) } == nil)
    }
}
