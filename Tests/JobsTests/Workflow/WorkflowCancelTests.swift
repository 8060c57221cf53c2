import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

@Suite struct WorkflowCancelTests {
    private static let body: Told.Body = { _, context in
        for name in ["a", "b"] {
            _ = try await context.transaction(name) { session in
                try note(name, in: session)
                return name
            } undo: { result in
                { try note("undo \(result)", in: $0) }
            }
        }
        return try await context.wait(for: "approved")
    }

    private static let undone = ["a", "b", "undo b", "undo a"]

    @Test func `a waiting run that is cancelled is undone, last step first`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run(Self.body)
        for _ in 0..<2 { try await bench.write { try bench.workflows.cancel(id, in: $0) } }
        try await bench.run(Self.body)
        #expect(try await bench.state(of: id) == .cancelled)
        #expect(try await bench.ledger() == Self.undone)
        await #expect(throws: WorkflowError.cancelled(id)) { try await bench.output(of: id) }
        await #expect(throws: WorkflowError.ended(id, .cancelled)) {
            try await bench.write { try bench.workflows.cancel(id, in: $0) }
        }
    }

    @Test func `a run that is cancelled before it began does nothing`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.write { try bench.workflows.cancel(id, in: $0) }
        try await bench.run(Self.body)
        #expect(try await bench.state(of: id) == .cancelled)
        #expect(try await bench.ledger().isEmpty)
    }

    @Test func `a running step is finished before the run is undone, and no other begins`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, context in
            _ = try await context.step("a") {
                try await bench.write { try bench.workflows.cancel(id, in: $0) }
                return "a"
            } undo: { result in
                { try note("undo \(result)", in: $0) }
            }
            return try await context.transaction("b") { session in
                try note("b", in: session)
                return "b"
            }
        }
        #expect(try await bench.state(of: id) == .cancelled)
        #expect(try await bench.ledger() == ["undo a"])
    }

    @Test func `long work that asks is told of the cancellation, and its step is not recorded`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, context in
            try await context.step("a") {
                try await context.checkCancellation()
                try await bench.write { try bench.workflows.cancel(id, in: $0) }
                try await context.checkCancellation()
                return "a"
            } undo: { result in
                { try note("undo \(result)", in: $0) }
            }
        }
        #expect(try await bench.state(of: id) == .cancelled)
        #expect(try await bench.log(of: id).steps.isEmpty)
        #expect(try await bench.ledger().isEmpty)
    }

    @Test func `a run that is cancelled while it is about to wait does not wait`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let handler = bench.workflows.handler(Told(Self.body))
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "ada"))
        let effect = try await handler.run(job)
        try await bench.write { try bench.workflows.cancel(id, in: $0) }
        try await bench.settle(job, handler) { effect }
        try await bench.run(Self.body)
        #expect(try await bench.state(of: id) == .cancelled)
        #expect(try await bench.ledger() == Self.undone)
    }

    @Test func `whoever cancels the waiting job of a run cancels the run, once it is looked for`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { _, context in
            _ = try await context.step("a") {
                "a"
            } undo: { _ in
                { try note("undo a", in: $0) }
            }
            try await context.sleep("a day", for: .seconds(86_400))
            return "rested"
        }
        try await bench.run(body)
        let timer = try await bench.database.read { session in
            try session.row("SELECT id FROM jobs WHERE state = 'scheduled'")?.get("id", as: JobID.self)
        }
        let job = try #require(timer)
        _ = try await bench.write { try bench.queue.cancel(job, in: $0) }
        try await bench.run(body)
        #expect(try await bench.state(of: id).status == .waiting)
        #expect(try await bench.write { try bench.workflows.recover(in: $0) } == 1)
        #expect(try await bench.write { try bench.workflows.recover(in: $0) } == 0)
        try await bench.run(body)
        #expect(try await bench.state(of: id) == .cancelled)
        #expect(try await bench.ledger() == ["undo a"])
    }

    @Test func `a run whose workers vanish too often is parked, and goes on when it is resumed`() async throws {
        let bench = try await WorkflowBench { $0.lostLeases = 2 }
        let id = try await bench.start()
        let handler = bench.workflows.handler(Told { _, _ in "done" })
        for _ in 0..<2 {
            _ = try #require(try await bench.queue.claim(from: ["default"], by: "vanished"))
            bench.clock.advance(by: bench.queue.policy.lease + .seconds(1))
            try await bench.queue.reclaimExpired(JobHandlers([handler]))
        }
        let reason = ParkingReason.jobGivenUp(reason: "its worker vanished 2 times")
        #expect(try await bench.state(of: id) == .parked(reason, undoing: nil))
        try await bench.write { try bench.workflows.resume(id, in: $0) }
        try await bench.turn([handler])
        #expect(try await bench.output(of: id) == "done")
    }

    @Test func `a run whose job died where nobody knew its workflow is found and parked`() async throws {
        let bench = try await WorkflowBench { $0.lostLeases = 1 }
        let id = try await bench.start()
        _ = try #require(try await bench.queue.claim(from: ["default"], by: "vanished"))
        bench.clock.advance(by: bench.queue.policy.lease + .seconds(1))
        try await bench.queue.reclaimExpired()
        #expect(try await bench.write { try bench.workflows.recover(in: $0) } == 1)
        let reason = ParkingReason.jobGivenUp(reason: "its worker vanished 1 times")
        #expect(try await bench.state(of: id) == .parked(reason, undoing: nil))
    }

    @Test func `only a parked run is resumed`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        await #expect(throws: InvalidWorkflowTransition(state: .running, event: .resumed)) {
            try await bench.write { try bench.workflows.resume(id, in: $0) }
        }
    }
}
