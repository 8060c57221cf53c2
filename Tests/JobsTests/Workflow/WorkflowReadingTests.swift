import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Testing

@Suite struct WorkflowReadingTests {
    @Test func `pages list every run once, newest first, by owner and by status`() async throws {
        let bench = try await WorkflowBench()
        let owner = AccountID.random()
        var started: Set<WorkflowID> = []
        for index in 0..<7 {
            started.insert(try await bench.start(owner: owner))
            _ = try await bench.start(owner: .random())
            if index.isMultiple(of: 3) { bench.clock.advance(by: .seconds(1)) }
        }
        let own = try await Self.pages(on: bench) { try bench.workflows.list(of: owner, $0, in: $1) }
        #expect(Set(own.map(\.id)) == started)
        let all = try await Self.pages(on: bench) { try bench.workflows.list(nil, $0, in: $1) }
        #expect(Set(all.map(\.id)).count == 14)
        let order = all.map { ($0.createdAt, $0.id.text) }
        #expect(zip(order, order.dropFirst()).allSatisfy { $0 > $1 })
        for _ in 0..<3 { _ = try await bench.turn { _, _ in "done" } }
        let completed = try await Self.pages(on: bench) { try bench.workflows.list(.completed, $0, in: $1) }
        #expect(completed.count == 3)
        #expect(completed.allSatisfy { $0.state == .completed })
    }

    @Test func `another owner's run is not found`() async throws {
        let bench = try await WorkflowBench()
        let owner = AccountID.random()
        let id = try await bench.start(owner: owner)
        try await bench.database.read { session in
            let (own, others) = (
                try bench.workflows.find(id, of: owner, in: session),
                try bench.workflows.find(id, of: .random(), in: session)
            )
            #expect(own?.id == id)
            #expect(others == nil)
        }
    }

    @Test func `a log tells in order what happened`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let start = bench.clock.now()
        let body: Told.Body = { _, context in
            for name in ["a", "b"] {
                try await context.step(name) {
                } undo: {
                    { _ in }
                }
            }
            let word = try await context.wait(for: "go", as: String.self)
            throw JobFailure(.final, word)
        }
        try await bench.run(body)
        bench.clock.advance(by: .seconds(60))
        try await bench.write { try bench.workflows.signal(id, "go", "enough", in: $0) }
        bench.clock.advance(by: .seconds(60))
        try await bench.run(body)
        let entries = try await bench.log(of: id).entries
        #expect(
            entries.map(\.event) == [
                .started, .stepBegan("a"), .stepEnded("a", .done), .stepBegan("b"), .stepEnded("b", .done),
                .stepBegan("go"), .signalArrived("go"), .stepEnded("go", .done), .stepUndone("b"), .stepUndone("a"),
                .ended(.failed),
            ])
        let seconds = entries.map { ($0.at - start).components.seconds }
        #expect(seconds == [0, 0, 0, 0, 0, 0, 60, 120, 120, 120, 120])
    }

    @Test func `what is asked and done often reads no whole table`() async throws {
        let bench = try await WorkflowBench()
        try await Self.fill(bench)
        let owner = AccountID.random()
        let plans = try await QueryPlan.all(on: bench.database) { database in
            let queue = JobQueue(database, clock: bench.clock)
            let workflows = Workflows(queue)
            let handler = workflows.handler(
                Told { input, context in
                    _ = try await context.step("a") {
                        "a"
                    } undo: { _ in
                        { _ in }
                    }
                    let children = try await context.children("b", of: Told.self, input == 7 ? [1, 2] : [])
                    try await context.sleep("c", for: .seconds(1))
                    let text: String? = try await context.wait(for: "go", timeout: .seconds(60))
                    guard input == 1 else { throw JobFailure(.final, "undone") }
                    return "\(children.count) \(text ?? "")"
                })
            let id = try await database.write {
                try workflows.start(Told.self, 7, key: "mine", owner: owner, queue: "own", in: $0)
            }
            _ = try await database.write { try workflows.start(Told.self, 7, key: "mine", owner: owner, in: $0) }
            try await database.write { try workflows.signal(id, "go", "now", in: $0) }
            for _ in 0..<5 {
                while let job = try await queue.claim(from: ["own"], by: "ada") {
                    let effect = try await handler.run(job)
                    try await database.write { session in
                        try effect(session)
                        try queue.apply(.succeeded(token: job.token), to: job.id, in: session)
                    }
                }
                bench.clock.advance(by: .seconds(60))
            }
            #expect(try await bench.state(of: id).status == .failed)
            let open = try await database.write {
                try workflows.start(Told.self, 7, owner: owner, queue: "own", in: $0)
            }
            try await database.write { session in
                try workflows.cancel(open, in: session)
                try workflows.forget(endedBefore: bench.clock.now() + .seconds(1), limit: 1, in: session)
            }
            try await workflows.recover(jobsEndedSince: bench.clock.now() - .seconds(60))
            try await workflows.recoverAll()
            _ = try await database.read { session in
                _ = try workflows.log(of: open, in: session)
                _ = try workflows.find(open, of: owner, in: session)
                for status in [nil, WorkflowStatus.parked] {
                    _ = try workflows.list(status, PageRequest(), in: session)
                }
                _ = try workflows.list(of: owner, PageRequest(), in: session)
            }
        }
        #expect(plans.count > 40)
        for plan in plans { #expect(plan.wholeTables.isEmpty, "\(plan)") }
    }

    /// Many runs that are over, with steps, signals and jobs.
    private static func fill(_ bench: WorkflowBench) async throws {
        try await bench.write { session in
            for number in 0..<1500 {
                let id = try bench.workflows.start(Told.self, number, owner: .random(), in: session)
                try bench.workflows.signal(id, "go", "now", in: session)
                try session.execute(
                    """
                    INSERT INTO workflow_steps (workflow_id, position, name, kind, state, attempts, started_at,
                        undo_attempts) VALUES (\(id), 0, 'a', 'work', 'done', 0, 0, 0)
                    """)
            }
            try session.execute(
                "UPDATE workflows SET status = 'completed', ended_at = created_at - 1000, job_id = NULL")
            try session.execute("UPDATE jobs SET state = 'succeeded'")
        }
        try await QueueBench.setManyQueues(on: bench.database)
        _ = try await bench.write { try QueryPlan.analyze($0) }
    }

    private static func pages(
        on bench: WorkflowBench, _ list: @escaping @Sendable (PageRequest, any ReadSession) throws -> Page<WorkflowRun>
    ) async throws -> [WorkflowRun] {
        var (runs, after) = ([WorkflowRun](), PageCursor?.none)
        repeat {
            let request = PageRequest(limit: 3, after: after)
            let page = try await bench.database.read { try list(request, $0) }
            runs += page.items
            after = page.next
        } while after != nil && runs.count < 100
        return runs
    }
}
