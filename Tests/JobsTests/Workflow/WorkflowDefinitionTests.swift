import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Testing

/// What another program would do in place of steps a, b and c, when a and b are done.
private let changes: [(names: [String], change: DefinitionChange)] = [
    (["a", "x", "c"], .step(position: 2, recorded: "work 'b'", found: "work 'x'")),
    (["b", "a", "c"], .step(position: 0, recorded: "work 'a'", found: "work 'b'")),
    (["x", "a", "b", "c"], .step(position: 0, recorded: "work 'a'", found: "work 'x'")),
    (["a", "c"], .step(position: 2, recorded: "work 'b'", found: "work 'c'")),
    (["a"], .step(position: 2, recorded: "work 'b'", found: nil)),
    ([], .step(position: 0, recorded: "work 'a'", found: nil)),
]

/// Programs that differ from the one that began a run.
@Suite struct WorkflowDefinitionTests {
    /// A program by the names of its steps; it sleeps after each, and every step writes.
    private static func program(_ names: [String]) -> Told.Body {
        { _, context in
            for name in names {
                try await context.transaction(name) { session in try note(name, in: session) }
                try await context.sleep("after \(name)", for: .seconds(60))
            }
            return names.joined(separator: " ")
        }
    }

    @Test(arguments: changes.indices)
    func `a changed program is found before it does anything, and the right one goes on`(index: Int) async throws {
        let (names, change) = changes[index]
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let right = Self.program(["a", "b", "c"])
        try await bench.run(right)
        bench.clock.advance(by: .seconds(60))
        try await bench.run(right)
        bench.clock.advance(by: .seconds(60))
        try await bench.run(Self.program(names))
        #expect(try await bench.state(of: id) == .parked(.definitionChanged(change), undoing: nil))
        #expect(try await bench.ledger() == ["a", "b"])
        #expect(try await bench.openJobs().isEmpty)
        let log = try await bench.log(of: id)
        #expect(log.steps.map(\.name) == ["a", "after a", "b", "after b"])

        try await bench.write { try bench.workflows.resume(id, in: $0) }
        try await bench.run(right)
        bench.clock.advance(by: .seconds(60))
        try await bench.run(right)
        #expect(try await bench.output(of: id) == "a b c")
        #expect(try await bench.ledger() == ["a", "b", "c"])
    }

    @Test func `a step of another kind is another step`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, context in
            try await context.sleep("pause", for: .seconds(60))
            return ""
        }
        bench.clock.advance(by: .seconds(60))
        try await bench.run { _, context in
            try await context.step("pause") { "" }
        }
        let change = DefinitionChange.step(position: 0, recorded: "sleep 'pause'", found: "work 'pause'")
        #expect(try await bench.state(of: id) == .parked(.definitionChanged(change), undoing: nil))
    }

    @Test func `a result of another type is a changed program`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run { _, context in
            _ = try await context.step("count") { 3 }
            try await context.sleep("pause", for: .seconds(60))
            return ""
        }
        bench.clock.advance(by: .seconds(60))
        try await bench.run { _, context in
            let count = try await context.step("count") { "three" }
            try await context.sleep("pause", for: .seconds(60))
            return count
        }
        let change = DefinitionChange.value(of: "work 'count'")
        #expect(try await bench.state(of: id) == .parked(.definitionChanged(change), undoing: nil))
    }

    @Test func `another version is found before the first step is replayed`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        _ = try await bench.write { try $0.execute("UPDATE workflows SET version = 7 WHERE id = \(id)") }
        try await bench.run { _, context in
            try await context.transaction("a") { session in try note("a", in: session) }
            return ""
        }
        let change = DefinitionChange.version(recorded: 7, found: 1)
        #expect(try await bench.state(of: id) == .parked(.definitionChanged(change), undoing: nil))
        #expect(try await bench.ledger().isEmpty)
    }

    @Test func `a changed program undoes nothing`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        func program(_ name: String) -> Told.Body {
            { _, context in
                _ = try await context.step("first") {
                    ""
                } undo: { _ in
                    { try note("undo first", in: $0) }
                }
                _ = try await context.step(name) {
                    ""
                } undo: { _ in
                    { try note("undo \(name)", in: $0) }
                }
                return try await context.wait(for: "approved")
            }
        }
        try await bench.run(program("a"))
        try await bench.write { try bench.workflows.cancel(id, in: $0) }
        try await bench.run(program("b"))
        #expect(try await bench.state(of: id).status == .parked)
        #expect(try await bench.ledger().isEmpty)
        try await bench.write { try bench.workflows.resume(id, in: $0) }
        try await bench.run(program("a"))
        #expect(try await bench.state(of: id) == .cancelled)
        #expect(try await bench.ledger() == ["undo a", "undo first"])
    }

    @Test func `a parked run leaves a dead job behind, by whose replay it goes on, too`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        try await bench.run(Self.program(["a"]))
        bench.clock.advance(by: .seconds(60))
        try await bench.run(Self.program(["b"]))
        let dead = try await bench.database.read { session in
            try session.row("SELECT id FROM jobs WHERE state = 'dead'")?.get("id", as: JobID.self)
        }
        let job = try #require(dead)
        _ = try await bench.write { try bench.queue.apply(.replayed, to: job, in: $0) }
        try await bench.run(Self.program(["a"]))
        #expect(try await bench.output(of: id) == "a")
    }

    @Test func `two steps of one name, or at one time, park the run`() async throws {
        let bench = try await WorkflowBench()
        let repeating = try await bench.start()
        try await bench.run { _, context in
            _ = try await context.step("a") { "" }
            return try await context.step("a") { "" }
        }
        #expect(try await bench.state(of: repeating) == .parked(.repeatedStep("a"), undoing: nil))
        let nesting = try await bench.start()
        try await bench.run { _, context in
            try await context.step("outer") {
                try await context.step("inner") { "" }
            }
        }
        #expect(try await bench.state(of: nesting) == .parked(.concurrentSteps("outer", "inner"), undoing: nil))
    }

    @Test func `a workflow that swallows what its context throws does nothing more all the same`() async throws {
        let bench = try await WorkflowBench()
        let id = try await bench.start()
        let body: Told.Body = { _, context in
            try? await context.sleep("pause", for: .seconds(60))
            try? await context.transaction("after") { session in try note("after", in: session) }
            return "over"
        }
        try await bench.run(body)
        #expect(try await bench.state(of: id).status == .waiting)
        #expect(try await bench.ledger().isEmpty)
        bench.clock.advance(by: .seconds(60))
        try await bench.run(body)
        #expect(try await bench.output(of: id) == "over")
        #expect(try await bench.ledger() == ["after"])
    }
}
