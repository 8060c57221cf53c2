import Jobs
import Storage
import StorageTestKit
import Testing

/// What ``Workflows`` promise on every database when several are at it at once.
///
/// A check takes an empty database with the tables of ``JobSchema`` and ``WorkflowSchema``, and turns its own clock.
public struct WorkflowPromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    public let check: @Sendable (any Database) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (any Database) async throws -> Void) {
        (testDescription, self.check) = (promise, check)
    }

    public static let all = [
        WorkflowPromise("16 that start at once with one key start one run") { database in
            let bench = try await WorkflowBench(database)
            let ids = try await withThrowingTaskGroup(of: WorkflowID.self) { group in
                for number in 0..<16 {
                    group.addTask { try await bench.start(number, key: "user 17") }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(try await bench.openJobs() == ["ready": 1])
        },
        WorkflowPromise("a signal that comes while the run begins to wait is not lost") { database in
            let bench = try await WorkflowBench(database)
            let waiting: Told.Body = { _, context in try await context.wait(for: "go") }
            let handler = bench.workflows.handler(Told(waiting))
            for round in 0..<20 {
                let id = try await bench.start()
                let job = try #require(try await bench.queue.claim(from: ["default"], by: "ada"))
                let effect = try await handler.run(job)
                async let settled: Void = bench.settle(job, handler) { effect }
                async let signalled: Void = bench.write {
                    try bench.workflows.signal(id, "go", "round \(round)", in: $0)
                }
                _ = try await (settled, signalled)
                try await bench.run(waiting)
                #expect(try await bench.output(of: id) == "round \(round)")
            }
            #expect(try await bench.openJobs().isEmpty)
        },
        WorkflowPromise("of children that end at once, the last wakes the parent") { database in
            let bench = try await WorkflowBench(database)
            let family: Told.Body = { input, context in
                guard input == 0 else { return "child \(input)" }
                let outcomes = try await context.children("all", of: Told.self, Array(1...8))
                return try outcomes.map { try $0.get() }.joined(separator: ", ")
            }
            let handler = bench.workflows.handler(Told(family))
            for _ in 0..<5 {
                let id = try await bench.start()
                try await bench.turn(family)
                let children = try await bench.queue.claim(from: ["default"], by: "ada", upTo: 8)
                #expect(children.count == 8)
                try await withThrowingTaskGroup { group in
                    for job in children {
                        group.addTask { try await bench.settle(job, handler) { try await handler.run(job) } }
                    }
                    try await group.waitForAll()
                }
                #expect(try await bench.openJobs() == ["ready": 1])
                try await bench.run(family)
                #expect(try await bench.output(of: id) == (1...8).map { "child \($0)" }.joined(separator: ", "))
            }
        },
        WorkflowPromise("a run that is cancelled while it begins to wait is undone") { database in
            let bench = try await WorkflowBench(database)
            let body: Told.Body = { _, context in
                try await context.transaction("a") { session in
                    try note("do a", run: "\(context.id)", in: session)
                } undo: {
                    { try note("undo a", run: "\(context.id)", in: $0) }
                }
                return try await context.wait(for: "go")
            }
            let handler = bench.workflows.handler(Told(body))
            for _ in 1...20 {
                let id = try await bench.start()
                let job = try #require(try await bench.queue.claim(from: ["default"], by: "ada"))
                async let settled: Void = bench.settle(job, handler) { try await handler.run(job) }
                async let cancelled: Void = bench.write { try bench.workflows.cancel(id, in: $0) }
                _ = try await (settled, cancelled)
                try await bench.run(body)
                #expect(try await bench.state(of: id) == .cancelled)
                let ledger = try await bench.ledger(of: "\(id)")
                #expect(ledger.isEmpty || ledger == ["do a", "undo a"])
            }
            #expect(try await bench.openJobs().isEmpty)
        },
        WorkflowPromise("a key may be long, and is still that of one run of its owner and workflow") { database in
            let bench = try await WorkflowBench(database)
            // Random, so that no engine makes it short enough for its index.
            let key = (0..<20_000).map { _ in "\(Int.random(in: 0...9))" }.joined()
            let owner = AccountID.random()
            let first = try await bench.start(1, key: key, owner: owner)
            #expect(try await bench.start(2, key: key, owner: owner) == first)
            #expect(try await bench.start(2, key: key + "!", owner: owner) != first)
            #expect(try await bench.start(2, key: key) != first)
        },
    ]
}
