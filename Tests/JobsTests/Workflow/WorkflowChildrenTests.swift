import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Testing

/// Masters one track: an even one at once, an odd one never, a negative one when it is told to.
private struct Mastering: Workflow {
    static let name = "mastering"

    func run(_ track: Int, _ context: WorkflowContext) async throws -> String {
        _ = try await context.transaction("take \(track)") { session in
            try note("take \(track)", run: "children", in: session)
            return ""
        } undo: { _ in
            { try note("give back \(track)", run: "children", in: $0) }
        }
        if track < 0 { _ = try await context.wait(for: "go", as: Bool.self) }
        guard track.isMultiple(of: 2) else { throw JobFailure(.final, "track \(track) is silent") }
        return "track \(track)"
    }
}

private struct Album: Workflow {
    static let name = "album"

    func run(_ tracks: [Int], _ context: WorkflowContext) async throws -> [ChildOutcome<String>] {
        try await context.children("tracks", of: Mastering.self, tracks) { outcomes in
            { try note("undo \(outcomes.count) tracks", in: $0) }
        }
    }
}

private struct Single: Workflow {
    static let name = "single"

    func run(_ track: Int, _ context: WorkflowContext) async throws -> String {
        try await context.child("track", of: Mastering.self, track)
    }
}

private struct Verbose: Workflow {
    static let name = "verbose"

    func run(_ text: String, _ context: WorkflowContext) async throws -> Int { text.count }
}

@Suite struct WorkflowChildrenTests {
    private static func run(_ bench: WorkflowBench) async throws {
        let workflows = bench.workflows
        while try await bench.turn(
            [workflows.handler(Mastering()), workflows.handler(Album()), workflows.handler(Single())])
        {}
    }

    private static func start(_ tracks: [Int], on bench: WorkflowBench) async throws -> WorkflowID {
        try await bench.write { try bench.workflows.start(Album.self, tracks, in: $0) }
    }

    @Test func `children run side by side, and are joined in the order of their inputs`() async throws {
        let bench = try await WorkflowBench()
        let id = try await Self.start([2, 3, 4], on: bench)
        try await Self.run(bench)
        let outcomes = try await bench.database.read { try bench.workflows.output(of: id, as: Album.self, in: $0) }
        #expect(
            outcomes == [.completed("track 2"), .failed(reason: "track 3 is silent"), .completed("track 4")])
        #expect(try await bench.ledger(of: "children").sorted() == ["give back 3", "take 2", "take 3", "take 4"])
        let log = try await bench.log(of: id)
        #expect(log.children.count == 3)
        #expect(log.children.allSatisfy { $0.name == "mastering" && $0.step == 0 })
        #expect(log.children.map(\.status) == [.completed, .failed, .completed])
        for child in log.children { #expect(try await bench.log(of: child.id).run.parent == id) }
    }

    @Test func `the parent holds no worker, and is woken by the last child`() async throws {
        let bench = try await WorkflowBench()
        let id = try await Self.start([2, -2, -4], on: bench)
        try await Self.run(bench)
        #expect(try await bench.state(of: id) == .waiting(until: nil))
        #expect(try await bench.openJobs().isEmpty)
        for (child, status) in zip(
            try await bench.log(of: id).children.dropFirst(), [WorkflowStatus.waiting, .completed])
        {
            try await bench.write { try bench.workflows.signal(child.id, "go", true, in: $0) }
            try await Self.run(bench)
            #expect(try await bench.state(of: id).status == status)
        }
    }

    @Test func `no children are joined at once`() async throws {
        let bench = try await WorkflowBench()
        let id = try await Self.start([], on: bench)
        try await Self.run(bench)
        #expect(try await bench.state(of: id) == .completed)
    }

    @Test func `the failure of a single child is the failure of its step`() async throws {
        let bench = try await WorkflowBench()
        let failing = try await bench.write { try bench.workflows.start(Single.self, 3, in: $0) }
        let fine = try await bench.write { try bench.workflows.start(Single.self, 2, in: $0) }
        try await Self.run(bench)
        #expect(try await bench.state(of: failing) == .failed(reason: "track 3 is silent"))
        let output = try await bench.database.read { try bench.workflows.output(of: fine, as: Single.self, in: $0) }
        #expect(output == "track 2")
    }

    @Test func `a cancelled parent cancels its children, waits for them, and is undone then`() async throws {
        let bench = try await WorkflowBench()
        let id = try await Self.start([2, -2, -4], on: bench)
        try await Self.run(bench)
        try await bench.write { try bench.workflows.cancel(id, in: $0) }
        try await Self.run(bench)
        #expect(try await bench.state(of: id) == .cancelled)
        let children = try await bench.log(of: id).children
        #expect(children.map(\.status) == [.completed, .cancelled, .cancelled])
        #expect(
            try await bench.ledger(of: "children").sorted() == [
                "give back -2", "give back -4", "take -2", "take -4", "take 2",
            ])
        #expect(try await bench.ledger() == ["undo 3 tracks"])
    }

    @Test func `inputs that are too large fail the step, and who catches that goes on, also when replayed`()
        async throws
    {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { _, context in
            let much = String(repeating: "a", count: Workflows.largestValue)
            var reason = ""
            do {
                _ = try await context.child("large", of: Verbose.self, much)
            } catch let failure as StepFailed {
                reason = failure.reason
            }
            try await context.sleep("a while", for: .seconds(60))
            return reason
        }
        try await bench.run(body)
        bench.clock.advance(by: .seconds(60))
        try await bench.run(body)
        let error = WorkflowError.valueTooLarge(
            "the input of child 0 of step 'large'", bytes: Workflows.largestValue + 2)
        #expect(try await bench.output(of: id) == error.description)
        #expect(try await bench.log(of: id).steps.map(\.state) == [.failed, .done])
    }

    @Test func `a family is forgotten together, and only when the outermost run has ended long ago`() async throws {
        let bench = try await WorkflowBench()
        let (old, open) = (try await Self.start([2, 3], on: bench), try await Self.start([2, -2], on: bench))
        try await Self.run(bench)
        bench.clock.advance(by: .seconds(86_400))
        let young = try await Self.start([4], on: bench)
        try await Self.run(bench)
        let limit = bench.clock.now() - .seconds(3_600)
        #expect(try await bench.write { try bench.workflows.forget(endedBefore: limit, in: $0) } == 1)
        #expect(try await bench.database.read { try bench.workflows.find(old, in: $0) } == nil)
        #expect(try await bench.log(of: open).children.count == 2)
        #expect(try await bench.log(of: young).children.count == 1)
        let counts = try await bench.database.read { try bench.workflows.counts(in: $0) }
        #expect(
            counts.map { "\($0.count) \($0.name) \($0.status.rawValue)" } == [
                "1 album completed", "1 album waiting", "2 mastering completed", "1 mastering waiting",
            ])
        let steps = try await bench.database.read { session in
            try session.row("SELECT COUNT(*) AS count FROM workflow_steps")?.get("count", as: Int.self)
        }
        // One of each album; of the three tracks that are left one each, and the wait of the one that waits.
        #expect(steps == 6)
    }
}
