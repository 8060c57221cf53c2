import Jobs
import Storage
import StorageTestKit
import Testing

/// Workflows on a clock that the check turns, and a worker that does one job at a time.
package struct WorkflowBench: Sendable {
    package let database: any Database
    package let clock = ManualClock()
    package let queue: JobQueue
    package let workflows: Workflows

    /// - Parameter database: with the tables of ``JobSchema`` and ``WorkflowSchema``; gets a ledger for what steps write.
    package init(_ database: any Database, policy: RetryPolicy = RetryPolicy()) async throws {
        self.database = database
        queue = JobQueue(database, policy: policy, clock: clock)
        workflows = Workflows(queue)
        _ = try await database.write {
            try $0.execute(
                "CREATE TABLE ledger (number BIGINT PRIMARY KEY, run TEXT NOT NULL, note TEXT NOT NULL)")
        }
    }

    /// Starts a run of ``Told``.
    package func start(_ input: Int = 0, key: String? = nil, owner: AccountID? = nil) async throws -> WorkflowID {
        try await write { try workflows.start(Told.self, input, key: key, owner: owner, in: $0) }
    }

    /// Does one job as a worker would; false when none is due.
    @discardableResult
    package func turn(_ handlers: [any JobHandler]) async throws -> Bool {
        guard let job = try await queue.claim(from: ["default"], by: "ada") else { return false }
        let handler = try #require(handlers.first { $0.kind == job.kind })
        try await settle(job, handler) { try await handler.run(job) }
        return true
    }

    @discardableResult
    package func turn(_ body: @escaping Told.Body) async throws -> Bool {
        try await turn([workflows.handler(Told(body))])
    }

    /// Does what is due, and nothing that has still to wait.
    package func run(_ body: @escaping Told.Body) async throws {
        while try await turn(body) {}
    }

    /// Records how a job went, as a worker does.
    package func settle(_ job: Job, _ handler: any JobHandler, _ run: () async throws -> JobEffect) async throws {
        do {
            let effect = try await run()
            try await write { session in
                try effect(session)
                try queue.apply(.succeeded(token: job.token), to: job.id, in: session)
            }
        } catch let failure as JobFailure where failure.kind == .final {
            try await write { session in
                let event = JobEvent.failedForGood(token: job.token, reason: failure.reason)
                try handler.abandoned(queue.apply(event, to: job.id, in: session), in: session)
            }
        }
    }

    /// Ends the leases that ran out, as workers do who know these handlers.
    package func reclaim(_ handlers: [any JobHandler] = []) async throws {
        try await queue.reclaimExpired(JobHandlers(handlers))
    }

    /// Workers fall silent until their leases have run out.
    package func loseLeases(_ handlers: [any JobHandler] = []) async throws {
        clock.advance(by: queue.policy.lease + .seconds(1))
        try await reclaim(handlers)
    }

    package func state(of id: WorkflowID) async throws -> WorkflowState {
        try await log(of: id).run.state
    }

    package func output(of id: WorkflowID) async throws -> String? {
        try await database.read { try workflows.output(of: id, as: Told.self, in: $0) }
    }

    package func log(of id: WorkflowID) async throws -> WorkflowLog {
        try #require(try await database.read { try workflows.log(of: id, in: $0) })
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await database.write(body)
    }

    package func ledger(of run: String = "") async throws -> [String] {
        try await database.read {
            try $0.rows("SELECT note FROM ledger WHERE run = \(run) ORDER BY number").map { try $0.get("note") }
        }
    }

    /// How many jobs wait for a worker, or have one, by their state.
    package func openJobs() async throws -> [String: Int] {
        let counts = try await database.read { try queue.counts(in: $0) }
        return counts.reduce(into: [:]) { open, count in
            if JobSchema.openStates.contains(count.state) { open[count.state] = count.count }
        }
    }
}

/// Does what the check says.
package struct Told: Workflow {
    package typealias Body = @Sendable (Int, WorkflowContext) async throws -> String

    package static let name = "told"
    private let body: Body

    package init(_ body: @escaping Body) { self.body = body }

    package func run(_ input: Int, _ context: WorkflowContext) async throws -> String {
        try await body(input, context)
    }
}

/// Adds a line to the ledger.
package func note(_ text: String, run: String = "", in session: any WriteSession) throws {
    try session.execute(
        """
        INSERT INTO ledger (number, run, note)
        SELECT COALESCE(MAX(number), 0) + 1, \(run), \(text) FROM ledger
        """)
}
