import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Synchronization
import Testing

@Suite struct WorkflowWaitTests {
    private static let approval: Told.Body = { _, context in
        let isApproved: Bool? = try await context.wait(for: "approved", timeout: .seconds(3_600))
        return switch isApproved {
        case true?: "yes"
        case false?: "no"
        case nil: "nobody came"
        }
    }

    @Test func `a sleep holds no worker, and goes on at its time`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { _, context in
            try await context.sleep("a month", for: .seconds(30 * 86_400))
            return "rested"
        }
        try await bench.run(body)
        let end = bench.clock.now() + .seconds(30 * 86_400)
        #expect(try await bench.state(of: id) == .waiting(until: end))
        #expect(try await bench.openJobs() == ["scheduled": 1])
        bench.clock.turn(to: end - .milliseconds(1))
        #expect(try await !bench.turn(body))
        bench.clock.turn(to: end)
        try await bench.run(body)
        #expect(try await bench.output(of: id) == "rested")
    }

    @Test func `a sleep that is over takes no time`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, context in
            try await context.sleep("until yesterday", until: context.startedAt - .seconds(86_400))
            return "late"
        }
        #expect(try await bench.output(of: id) == "late")
    }

    @Test func `a signal wakes the run that waits for it, and its timer does nothing more`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run(Self.approval)
        #expect(try await bench.openJobs() == ["scheduled": 1])
        try await bench.write { try bench.workflows.signal(id, "approved", true, in: $0) }
        #expect(try await bench.openJobs() == ["ready": 1])
        try await bench.run(Self.approval)
        #expect(try await bench.output(of: id) == "yes")
        #expect(try await bench.openJobs().isEmpty)
        #expect(try await bench.log(of: id).signals.map(\.takenBy) == [0])
    }

    @Test func `a signal that comes before the wait is not lost`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.write { try bench.workflows.signal(id, "approved", false, in: $0) }
        try await bench.run(Self.approval)
        #expect(try await bench.output(of: id) == "no")
    }

    @Test func `a signal that comes while the run is about to wait is not lost`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let handler = bench.workflows.handler(Told(Self.approval))
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "ada"))
        let effect = try await handler.run(job)
        try await bench.write { try bench.workflows.signal(id, "approved", true, in: $0) }
        try await bench.settle(job, handler) { effect }
        try await bench.run(Self.approval)
        #expect(try await bench.output(of: id) == "yes")
    }

    @Test func `a wait is over at its time, and a signal that comes later is kept and not taken`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { input, context in
            let answer = try await Self.approval(input, context)
            try await context.sleep("a while", for: .seconds(60))
            return answer
        }
        try await bench.run(body)
        bench.clock.advance(by: .seconds(3_600))
        try await bench.run(body)
        try await bench.write { try bench.workflows.signal(id, "approved", true, in: $0) }
        bench.clock.advance(by: .seconds(60))
        try await bench.run(body)
        #expect(try await bench.output(of: id) == "nobody came")
        #expect(try await bench.log(of: id).signals.map(\.takenBy) == [nil])
    }

    @Test func `signals of one name are taken in order, each by one step, and others are left`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        for (name, payload) in [("other", 0), ("part", 1), ("part", 2), ("part", 3)] {
            try await bench.write { try bench.workflows.signal(id, name, payload, in: $0) }
        }
        try await bench.run { _, context in
            var parts: [Int] = []
            for number in 1...2 {
                parts.append(try await context.wait(for: "part", step: "part \(number)"))
            }
            return "\(parts)"
        }
        #expect(try await bench.output(of: id) == "[1, 2]")
        #expect(try await bench.log(of: id).signals.map(\.takenBy) == [nil, 0, 1, nil])
    }

    @Test func `a payload of another type fails the step, and not the program`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.write { try bench.workflows.signal(id, "approved", "perhaps", in: $0) }
        try await bench.run(Self.approval)
        let reason = "the payload of signal 'approved' has another type"
        #expect(try await bench.state(of: id) == .failed(reason: reason))
    }

    @Test(arguments: ["sleep", "wait", "attempt"])
    func `a worker whose clock is behind goes on when the time has come by another's`(what: String) async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let isTriedBefore = Mutex(false)
        let body: Told.Body = { _, context in
            switch what {
            case "sleep":
                try await context.sleep("a minute", for: .seconds(60))
                return "over"
            case "wait": return try await context.wait(for: "go", timeout: .seconds(60)) ?? "over"
            default:
                return try await context.step("ask", retry: StepRetry(firstDelay: .seconds(60))) {
                    let isSecond = isTriedBefore.withLock { old in
                        defer { old = true }
                        return old
                    }
                    guard isSecond else { throw JobFailure(.passing, "no answer") }
                    return "over"
                }
            }
        }
        try await bench.run(body)
        bench.clock.advance(by: .seconds(60))
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "behind"))
        let behind = ManualClock(bench.clock.now() - .seconds(86_400))
        let handler = Workflows(JobQueue(bench.database, clock: behind)).handler(Told(body))
        try await bench.settle(job, handler) { try await handler.run(job) }
        #expect(try await bench.output(of: id) == "over")
    }

    @Test(arguments: [false, true])
    func `runs that were taken end as usual on a queue that is full, or draining`(isDraining: Bool) async throws {
        let bench = try await WorkflowBench()
        let body: Told.Body = { input, context in
            guard input == 0 else { return "child" }
            let children = try await context.children("children", of: Told.self, [1, 2, 3])
            try await context.sleep("a while", for: .seconds(60))
            let word = try await context.wait(for: "go", as: String.self)
            return "\(children.count) \(word)"
        }
        let id = try await bench.start()
        try await bench.write { session in
            if isDraining {
                try bench.queue.drain("default", in: session)
            } else {
                try bench.queue.setCapacity(0, of: "default", in: session)
            }
        }
        let refusal =
            isDraining ? JobQueueError.draining(queue: "default") : .full(queue: "default", capacity: 0)
        await #expect(throws: refusal) { try await bench.start() }
        try await bench.run(body)
        bench.clock.advance(by: .seconds(60))
        try await bench.run(body)
        try await bench.write { try bench.workflows.signal(id, "go", "went", in: $0) }
        try await bench.run(body)
        #expect(try await bench.output(of: id) == "3 went")
    }

    @Test func `a run that has ended, or never was, takes no signal`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, _ in "done" }
        await #expect(throws: WorkflowError.ended(id, .completed)) {
            try await bench.write { try bench.workflows.signal(id, "approved", true, in: $0) }
        }
        let nobody = WorkflowID.random()
        await #expect(throws: WorkflowError.notFound(nobody)) {
            try await bench.write { try bench.workflows.signal(nobody, "approved", true, in: $0) }
        }
    }
}
