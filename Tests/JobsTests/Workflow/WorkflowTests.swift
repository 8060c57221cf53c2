import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Synchronization
import Testing

@Suite struct WorkflowTests {
    @Test func `steps come in order, each result is recorded with its writes, and the last is the output`() async throws
    {
        let bench = try await WorkflowBench()
        let id = try await bench.start(20)
        try await bench.run { input, context in
            let doubled = try await context.step("double") { input * 2 }
            let noted = try await context.transaction("note") { session in
                try note("\(doubled)", in: session)
                return doubled + 1
            }
            return try await context.step("ask") {
                noted + 1
            } recording: { found, session in
                try note("\(found)", in: session)
                return "answer \(found)"
            }
        }
        #expect(try await bench.state(of: id) == .completed)
        #expect(try await bench.output(of: id) == "answer 42")
        #expect(try await bench.ledger() == ["40", "42"])
        let log = try await bench.log(of: id)
        #expect(log.steps.map(\.name) == ["double", "note", "ask"])
        #expect(log.steps.map(\.result) == ["40", "41", "\"answer 42\""])
        #expect(log.steps.allSatisfy { $0.state == .done && $0.endedAt == bench.clock.now() })
    }

    @Test func `a start with a key that is there answers with the first run`() async throws {
        let bench = try await WorkflowBench()
        let (owner, other) = (AccountID.random(), AccountID.random())
        let first = try await bench.start(1, key: "user 17", owner: owner)
        #expect(try await bench.start(2, key: "user 17", owner: owner) == first)
        #expect(try await bench.start(1, key: "user 17", owner: other) != first)
        #expect(try await bench.start(1, key: "user 18", owner: owner) != first)
        let (unnamed, another) = (try await bench.start(), try await bench.start())
        #expect(unnamed != another)
        #expect(try await bench.openJobs() == ["ready": 5])
    }

    @Test func `a run started in a transaction that is undone was never there`() async throws {
        let bench = try await WorkflowBench()
        await #expect(throws: Undo.self) {
            try await bench.write { session in
                try bench.workflows.start(Told.self, 1, in: session)
                throw Undo()
            }
        }
        #expect(try await bench.openJobs().isEmpty)
    }

    @Test func `a step that fails is tried again later, and holds no worker meanwhile`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let calls = Mutex(0)
        let body: Told.Body = { _, context in
            try await context.step("ask") {
                let call = calls.withLock { count in
                    count += 1
                    return count
                }
                guard call == 3 else { throw JobFailure(.passing, "no answer") }
                return "answer \(call)"
            }
        }
        for wait in [1, 2] {
            try await bench.run(body)
            let step = try #require(try await bench.log(of: id).steps.first)
            #expect((step.state, step.attempts, step.error) == (.waiting, wait, "no answer"))
            #expect(try await bench.openJobs() == ["scheduled": 1])
            bench.clock.advance(by: .seconds(wait))
        }
        try await bench.run(body)
        #expect(try await bench.output(of: id) == "answer 3")
        #expect(calls.withLock { $0 } == 3)
    }

    @Test func `a step out of attempts undoes the run, last step first, and fails it`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { _, context in
            for name in ["a", "b", "c"] {
                _ = try await context.transaction(name) { session in
                    try note(name, in: session)
                    return name
                } undo: { result in
                    { try note("undo \(result)", in: $0) }
                }
            }
            return try await context.step("pay", retry: .never) { throw JobFailure(.passing, "card declined") }
        }
        try await bench.run(body)
        #expect(try await bench.state(of: id) == .failed(reason: "card declined"))
        #expect(try await bench.ledger() == ["a", "b", "c", "undo c", "undo b", "undo a"])
        let log = try await bench.log(of: id)
        #expect(log.steps.map(\.state) == [.done, .done, .done, .failed])
        #expect(log.steps.map { $0.undoneAt != nil } == [true, true, true, false])
        await #expect(throws: WorkflowError.failed(id, reason: "card declined")) { try await bench.output(of: id) }
    }

    @Test func `a failed step can be caught to go another way, which is the same when replayed`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { _, context in
            let way: String
            do {
                way = try await context.step("by card") { throw JobFailure(.final, "declined") }
            } catch let failure as StepFailed {
                way = try await context.step("by bill") { "billed, as \(failure.reason)" }
            }
            try await context.sleep("a day", for: .seconds(86_400))
            return way
        }
        try await bench.run(body)
        bench.clock.advance(by: .seconds(86_400))
        try await bench.run(body)
        #expect(try await bench.output(of: id) == "billed, as declined")
    }

    @Test func `the owner is not shown an error that was not written for them`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, context in
            try await context.step("read", retry: .never) { throw Undo() }
        }
        #expect(try await bench.state(of: id) == .failed(reason: "an internal error"))
        #expect(try await bench.log(of: id).steps.first?.detail == "Undo()")
    }

    @Test func `writes that are refused are a failed attempt, and leave nothing behind`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, context in
            try await context.transaction("clash", retry: .never) { session in
                try note("once", in: session)
                try session.execute("INSERT INTO ledger (number, run, note) VALUES (1, '', 'twice')")
                return ""
            }
        }
        #expect(try await bench.state(of: id) == .failed(reason: "an internal error"))
        #expect(try await bench.ledger().isEmpty)
    }

    @Test func `a result that is too large fails the step, and says where to put it`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, context in
            try await context.step("read") { String(repeating: "a", count: Workflows.largestValue) }
        }
        let error = WorkflowError.valueTooLarge(
            "the result of step 'read'", bytes: Workflows.largestValue + 2)
        #expect(try await bench.state(of: id) == .failed(reason: error.description))
    }

    @Test func `an undo that fails is tried again, then the run is parked until it is resumed`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let isMended = Mutex(false)
        let body: Told.Body = { _, context in
            _ = try await context.step("a") {
                "a"
            } undo: { result in
                { try note("undo \(result)", in: $0) }
            }
            _ = try await context.step("b") {
                "b"
            } undo: { _ in
                guard isMended.withLock({ $0 }) else { throw JobFailure(.passing, "bank is closed") }
                return { try note("undo b", in: $0) }
            }
            throw JobFailure(.final, "changed my mind")
        }
        for wait in [1, 2] {
            try await bench.run(body)
            let time = bench.clock.now() + .seconds(wait)
            let cause = UndoCause.failure(reason: "changed my mind")
            let state = try await bench.state(of: id)
            guard case .waitingToUndo(cause, let until?) = state else {
                Issue.record("\(state)")
                return
            }
            #expect(until <= time)
            bench.clock.advance(by: .seconds(wait))
        }
        try await bench.run(body)
        let reason = ParkingReason.cannotUndo(step: "b", reason: "bank is closed")
        #expect(try await bench.state(of: id) == .parked(reason, undoing: .failure(reason: "changed my mind")))
        #expect(try await bench.ledger().isEmpty)
        isMended.withLock { $0 = true }
        try await bench.write { try bench.workflows.resume(id, in: $0) }
        try await bench.run(body)
        #expect(try await bench.state(of: id) == .failed(reason: "changed my mind"))
        #expect(try await bench.ledger() == ["undo b", "undo a"])
    }
}
