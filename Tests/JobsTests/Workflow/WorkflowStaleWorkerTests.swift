import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Synchronization
import Testing

private let names = ["a", "b", "c"]

/// Workers that come back after their lease has gone to another.
@Suite struct WorkflowStaleWorkerTests {
    private static func body(_ inside: @escaping @Sendable (String) async throws -> Void) -> Told.Body {
        { _, context in
            for name in names {
                _ = try await context.step(name) {
                    try await inside(name)
                } recording: { _, session in
                    try note(name, in: session)
                    return name
                } undo: { result in
                    {
                        try note("undo \(result)", in: $0)
                    }
                }
            }
            return "done"
        }
    }

    /// Takes the job away from its worker, and does it to the end.
    private static func overtake(_ bench: WorkflowBench) async throws {
        bench.clock.advance(by: bench.queue.policy.lease + .seconds(1))
        try await bench.queue.reclaimExpired()
        try await bench.run(body { _ in })
    }

    @Test(arguments: names)
    func `a worker that was overtaken within a step records nothing`(step: String) async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "stale"))
        let stale = bench.workflows.handler(
            Told(Self.body { name in if name == step { try await Self.overtake(bench) } }))
        await #expect(throws: LeaseLost.self) { _ = try await stale.run(job) }
        #expect(try await bench.output(of: id) == "done")
        #expect(try await bench.ledger() == names)
    }

    @Test func `a worker that was overtaken before it recorded the end records nothing`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "stale"))
        let stale = bench.workflows.handler(Told(Self.body { _ in }))
        let effect = try await stale.run(job)
        try await Self.overtake(bench)
        await #expect(throws: LeaseLost.self) { try await bench.settle(job, stale) { effect } }
        #expect(try await bench.output(of: id) == "done")
        #expect(try await bench.ledger() == names)
    }

    @Test(arguments: [false, true])
    func `a worker that was overtaken while it fails, or waits, records nothing`(sleeps: Bool) async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "stale"))
        let body: Told.Body = { _, context in
            if sleeps {
                try await context.sleep("a", for: .seconds(3_600))
            } else {
                _ = try await context.step("a") { throw JobFailure(.passing, "no answer") } as String
            }
            return ""
        }
        let stale = bench.workflows.handler(Told(body))
        let effect = try await stale.run(job)
        bench.clock.advance(by: bench.queue.policy.lease + .seconds(1))
        try await bench.queue.reclaimExpired()
        let holder = try #require(try await bench.queue.claim(from: ["default"], by: "holder"))
        await #expect(throws: LeaseLost.self) { try await bench.settle(job, stale) { effect } }
        #expect(try await bench.log(of: id).steps.isEmpty)
        #expect(try await bench.state(of: id) == .running)
        try await bench.settle(holder, stale) { try await stale.run(holder) }
        #expect(try await bench.log(of: id).steps.count == 1)
    }

    @Test(arguments: names)
    func `a worker that was overtaken while it undoes a step undoes nothing`(step: String) async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "stale"))
        let isOvertaken = Mutex(false)
        let body: Told.Body = { _, context in
            for name in names {
                _ = try await context.step(name) {
                    name
                } undo: { result in
                    let isFirst = isOvertaken.withLock { old in
                        defer { old = old || result == step }
                        return !old && result == step
                    }
                    if isFirst {
                        bench.clock.advance(by: bench.queue.policy.lease + .seconds(1))
                        try await bench.queue.reclaimExpired()
                    }
                    return { try note("undo \(result)", in: $0) }
                }
            }
            throw JobFailure(.final, "changed my mind")
        }
        let stale = bench.workflows.handler(Told(body))
        await #expect(throws: LeaseLost.self) { _ = try await stale.run(job) }
        try await bench.run(body)
        #expect(try await bench.state(of: id) == .failed(reason: "changed my mind"))
        #expect(try await bench.ledger() == ["undo c", "undo b", "undo a"])
    }
}
