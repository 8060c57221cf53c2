import JobsTestKit
import ServiceLifecycle
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Jobs

/// What counts as an attempt at a step, and what only costs time.
@Suite struct WorkflowAttemptTests {
    private static let cutOff = "it was cut off, and nobody knows how far it went"

    /// A step `charge`, which counts how often it is done.
    private static func charging(
        _ charges: Counter, _ retry: StepRetry, _ after: @escaping @Sendable () async throws -> Void
    ) -> Told.Body {
        { _, context in
            try await context.step("charge", retry: retry) {
                let count = charges.next()
                if count == 1 { try await after() }
                return "charged \(count)"
            }
        }
    }

    @Test func `a step that is tried once is not done again when its worker vanished over it`() async throws {
        let bench = try await WorkflowBench()
        let (id, charges) = (try await bench.start(), Counter())
        let body = Self.charging(charges, .never) { try await bench.loseLeases() }
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "vanished"))
        await #expect(throws: LeaseLost.self) { _ = try await bench.workflows.handler(Told(body)).run(job) }
        #expect(try await bench.log(of: id).steps.map(\.state) == [.begun])
        try await bench.run(body)
        #expect(charges.count == 1)
        #expect(try await bench.state(of: id) == .failed(reason: Self.cutOff))
        let step = try #require(try await bench.log(of: id).steps.first)
        #expect((step.state, step.attempts, step.error) == (.failed, 1, Self.cutOff))
    }

    @Test func `a step that may be repeated is done again when its worker vanished, and that is no attempt`()
        async throws
    {
        let bench = try await WorkflowBench()
        let (id, charges) = (try await bench.start(), Counter())
        let body = Self.charging(charges, StepRetry(attempts: 2)) { try await bench.loseLeases() }
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "vanished"))
        await #expect(throws: LeaseLost.self) { _ = try await bench.workflows.handler(Told(body)).run(job) }
        try await bench.run(body)
        #expect(try await bench.output(of: id) == "charged 2")
        #expect(try await bench.log(of: id).steps.map(\.attempts) == [0])
    }

    @Test func `one transaction is not cut off, so it is done again although it is tried once`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let isAway = AbsentDatabase(bench.database, isAway: false)
        let body: Told.Body = { _, context in
            _ = try await context.step("go away") { isAway.isAway = true }
            return try await context.transaction("write", retry: .never) { session in
                try note("written", in: session)
                return "done"
            }
        }
        await #expect(throws: AbsentDatabase.error) { try await Self.turn(bench, on: isAway, body) }
        isAway.isAway = false
        try await bench.loseLeases()
        try await bench.run { _, context in
            _ = try await context.step("go away") {}
            return try await context.transaction("write", retry: .never) { session in
                try note("written", in: session)
                return "done"
            }
        }
        #expect(try await bench.output(of: id) == "done")
        #expect(try await bench.ledger() == ["written"])
    }

    @Test(arguments: [1, 3])
    func `a database that is away when a result is recorded is no failure of the step, but of one that is tried once`(
        attempts: Int
    ) async throws {
        let bench = try await WorkflowBench()
        let (id, charges) = (try await bench.start(), Counter())
        let database = AbsentDatabase(bench.database, isAway: false)
        let body = Self.charging(charges, StepRetry(attempts: attempts)) { database.isAway = true }
        await #expect(throws: AbsentDatabase.error) { try await Self.turn(bench, on: database, body) }
        #expect(try await bench.state(of: id) == .running)
        try await bench.loseLeases()
        try await bench.run(body)
        #expect(charges.count == (attempts == 1 ? 1 : 2))
        #expect(try await bench.state(of: id) == (attempts == 1 ? .failed(reason: Self.cutOff) : .completed))
    }

    @Test func `what a step throws is its failure, also when it looks like one of the engine`() async throws {
        for error in [DatabaseError.busy, .unavailable("another database")] as [any Error] + [LeaseLost(job: .random())]
        {
            let bench = try await WorkflowBench()
            let id = try await bench.start()
            let body: Told.Body = { _, context in
                try await context.step("ask", retry: StepRetry(attempts: 2)) { throw error }
            }
            try await bench.run(body)
            let step = try #require(try await bench.log(of: id).steps.first)
            #expect((step.state, step.attempts, step.detail) == (.waiting, 1, String(describing: error)))
            bench.clock.advance(by: .seconds(1))
            try await bench.run(body)
            #expect(try await bench.state(of: id) == .failed(reason: "an internal error"))
        }
    }

    @Test func `what an undo throws is its failure, also when it looks like one of the engine`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { _, context in
            _ = try await context.step("a") {
                "a"
            } undo: { _ in
                throw DatabaseError.busy
            }
            throw JobFailure(.final, "changed my mind")
        }
        for _ in 0..<3 {
            try await bench.run(body)
            bench.clock.advance(by: .seconds(60))
        }
        let reason = ParkingReason.cannotUndo(step: "a", reason: "an internal error")
        #expect(try await bench.state(of: id) == .parked(reason, undoing: .failure(reason: "changed my mind")))
    }

    @Test(arguments: [false, true])
    func `a database that is away between steps undoes nothing`(asksItself: Bool) async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let database = AbsentDatabase(bench.database, isAway: false)
        let isFirst = Mutex(true)
        let body: Told.Body = { _, context in
            _ = try await context.transaction("a") { session in
                try note("a", in: session)
            } undo: {
                { try note("undo a", in: $0) }
            }
            guard isFirst.withLock({ $0 }) else { return "done" }
            // It is back when the engine would record that the run gives up.
            if asksItself { throw AbsentDatabase.error }
            database.missOne()
            try await context.checkCancellation()
            return ""
        }
        await #expect(throws: AbsentDatabase.error) { try await Self.turn(bench, on: database, body) }
        isFirst.withLock { $0 = false }
        #expect(try await bench.state(of: id) == .running)
        try await bench.loseLeases()
        try await bench.run(body)
        #expect(try await bench.output(of: id) == "done")
        #expect(try await bench.ledger() == ["a"])
    }

    @Test func `the jobs of a run are tried without end, and otherwise as the queue says`() async throws {
        let bench = try await WorkflowBench { ($0.attempts, $0.lease) = (7, .seconds(77)) }
        let policy = try #require(bench.workflows.handler(Told { _, _ in "" }).policy)
        #expect((policy.attempts, policy.lease) == (.max, .seconds(77)))
        #expect(policy.delay(afterFailure: 1_000_000, jitter: 0) == policy.longestDelay)
    }

    @Test func `a run whose rows cannot be read is parked after some attempts, with the reason for the operator`()
        async throws
    {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { _, context in
            try await context.sleep("a while", for: .seconds(60))
            return ""
        }
        try await bench.run(body)
        _ = try await bench.write { try $0.execute("UPDATE workflow_steps SET state = 'mad'") }
        let handler = bench.workflows.handler(Told(body))
        for attempt in 1...3 {
            bench.clock.advance(by: .seconds(60))
            let job = try #require(try await bench.queue.claim(from: ["default"], by: "ada"))
            if attempt < 3 {
                await #expect(throws: DatabaseError.self) { _ = try await handler.run(job) }
                let event = job.failed("an internal error", at: bench.clock.now())
                _ = try await bench.write { try bench.queue.apply(event, to: job.id, in: $0) }
            } else {
                await #expect(throws: JobFailure.self) { _ = try await handler.run(job) }
            }
        }
        _ = try await bench.write { try $0.execute("UPDATE workflow_steps SET state = 'waiting'") }
        #expect(try await bench.state(of: id) == .parked(.jobGivenUp(reason: "an internal error"), undoing: nil))
        #expect(try await bench.log(of: id).run.detail?.contains("state") == true)
    }

    @Test(.timeLimit(.minutes(30))) func `a stop that ends a step's work early is no attempt`() async throws {
        let database = try await WorkflowBench().database
        let bench = try await WorkerBench(on: database)
        let (workflows, gate) = (Workflows(bench.queue), Gate())
        let id = try await database.write { try workflows.start(Told.self, 0, in: $0) }
        let handler = workflows.handler(
            Told { _, context in
                try await context.step("long", retry: StepRetry(attempts: 2)) {
                    try await cancelWhenGracefulShutdown { try await gate.stay() }
                    return ""
                }
            })
        try await bench.whileWorking([handler], grace: .seconds(3_600)) { await gate.arrival() }
        let log = try await database.read { try workflows.log(of: id, in: $0) }
        #expect(log?.run.state == .running)
        #expect(log?.steps.isEmpty == true)
    }

    /// One job by a worker that reaches the database in this way.
    private static func turn(
        _ bench: WorkflowBench, on database: any Database, _ body: @escaping Told.Body
    ) async throws {
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "ada"))
        let queue = JobQueue(database, policy: bench.queue.policy, clock: bench.clock)
        _ = try await Workflows(queue).handler(Told(body)).run(job)
    }
}

/// How often something was done.
private final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
