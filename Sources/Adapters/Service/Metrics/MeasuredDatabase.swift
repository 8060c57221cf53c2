import Jobs
import Storage
import Synchronization

/// A database whose transactions are timed, and whose bodies know on whose behalf they run.
struct MeasuredDatabase: Database {
    let database: any Database
    let metrics: MetricRegistry

    var hasOneWriter: Bool { database.hasOneWriter }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadSession) throws -> Value
    ) async throws -> Value {
        try await measured("read") { run in
            try await database.read { session in try run.begin { try body(session) } }
        }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await measured("write") { run in
            try await database.write { session in try run.begin { try body(session) } }
        }
    }

    func write<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await measured("write") { run in
            try await database.write(isolation) { session in try run.begin { try body(session) } }
        }
    }

    func close() async { await database.close() }

    private func measured<Value>(_ kind: String, _ work: (TransactionRun) async throws -> Value) async throws -> Value {
        let run = TransactionRun()
        do {
            let value = try await work(run)
            note(run, kind, "ok")
            return value
        } catch {
            note(run, kind, Self.outcome(of: error))
            throw error
        }
    }

    private func note(_ run: TransactionRun, _ kind: String, _ outcome: String) {
        let (wait, count) = run.begun
        metrics.observe(run.started.duration(to: .now), in: .transactions, kind, outcome)
        if let wait { metrics.observe(wait, in: .transactionWait, kind) }
        if count > 1 { metrics.add(Double(count - 1), to: .transactionRetries, kind) }
    }

    private static func outcome(of error: any Error) -> String {
        switch error {
        case DatabaseError.busy: "busy"
        case DatabaseError.unavailable: "unavailable"
        default: "failed"
        }
    }
}

/// One transaction, from the call on. Its body runs on another thread, and perhaps more than once.
private final class TransactionRun: Sendable {
    let started = ContinuousClock.now
    /// Bodies run where no task is, so what the task knows is brought along.
    private let trace = TraceContext.current
    private let state = Mutex((wait: Duration?.none, count: 0))

    /// How long it was until the body ran first, and how often it did.
    var begun: (wait: Duration?, count: Int) { state.withLock { $0 } }

    func begin<Value>(_ body: () throws -> Value) throws -> Value {
        state.withLock { state in
            state.wait = state.wait ?? started.duration(to: .now)
            state.count += 1
        }
        guard let trace else { return try body() }
        return try TraceContext.$current.withValue(trace, operation: body)
    }
}
