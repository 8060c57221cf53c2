import Storage

/// Rows on a PostgreSQL server (12 or later), through a pool of connections.
///
/// Writing is `SERIALIZABLE`, unless less is asked for: bodies act as if they ran one after another, as on SQLite, and are
/// run again when the server finds that they would not have. Reading is one snapshot, which waits for nobody. Whether a
/// commit is on the disk when the call returns is the server's `synchronous_commit`, on unless somebody turned it off.
///
/// The database keeps UTF-8 and sorts by bytes, as SQLite does: `CREATE DATABASE waxwing ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE
/// 'C.UTF-8' TEMPLATE template0`. Under another locale everything works, but lists sorted by text are in that locale's order.
///
/// Cancelling the task stops the running statement and undoes the transaction, unless it is being committed.
public final class PostgresDatabase: Database {
    private let pool: PostgresPool
    private let turns = PostgresTurns()
    private let settings: PostgresSettings

    /// Connects at the first call.
    ///
    /// - Parameters:
    ///   - url: `postgres://user:password@host:5432/name?sslmode=verify-full`, or any other form that libpq takes.
    ///   - name: what the server's own tools call these connections.
    /// - Throws: ``DatabaseError/unavailable(_:)`` when `url` is none.
    public init(
        url: String, name: String = "waxwing", settings: PostgresSettings = PostgresSettings()
    ) throws(DatabaseError) {
        self.settings = settings
        pool = PostgresPool(try PostgresAddress(url), name: name, settings)
    }

    /// How many connections are open, lent or idle.
    public var openConnections: Int { pool.openConnections }

    /// How many calls wait for a connection.
    public var waitingCalls: Int { pool.waitingCalls }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadSession) throws -> Value
    ) async throws -> Value {
        try await transact(.reading) { try body($0) }
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await transact(.writing) { try body($0) }
    }

    public func write<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        switch isolation {
        case .serializable: try await transact(.writing) { try body($0) }
        case .readCommitted: try await transact(.writingRows) { try body($0) }
        }
    }

    private func transact<Value: Sendable>(
        _ kind: PostgresTransaction.Kind, _ body: @escaping @Sendable (PostgresSession) throws -> Value
    ) async throws -> Value {
        var patience = PostgresPatience(settings)
        while true {
            try Task.checkCancellation()
            let outcome =
                if patience.takesTurns {
                    try await turns.inTurn { try await attempt(kind, body) }
                } else {
                    try await attempt(kind, body)
                }
            switch outcome {
            case .kept(let value, let actions):
                for action in actions { action() }
                return value
            case .failed(let error): throw error
            case .again(let failure):
                guard let delay = patience.delay(after: failure) else { throw failure.error }
                try await Task.sleep(for: delay)
            }
        }
    }

    private func attempt<Value: Sendable>(
        _ kind: PostgresTransaction.Kind, _ body: @escaping @Sendable (PostgresSession) throws -> Value
    ) async throws -> PostgresOutcome<Value> {
        let place = try await pool.place()
        let run = PostgresRun()
        return await withTaskCancellationHandler {
            await blocking(on: PostgresThreads.transactions) { [pool] in
                let connection: PostgresConnection
                do throws(PostgresFailure) {
                    connection = if let place { place } else { try pool.connect() }
                } catch {
                    pool.giveBack(nil)
                    return run.closed() ? .failed(CancellationError()) : .again(error)
                }
                defer { pool.giveBack(connection) }
                return PostgresTransaction(kind, on: connection, run).result(of: body)
            }
        } onCancel: {
            run.markCancelled()
            // A task of its own, as telling the server waits for the network. It ends with the transaction.
            Task { await run.interrupt() }
        }
    }
}

/// How one attempt at a transaction ended.
enum PostgresOutcome<Value: Sendable>: Sendable {
    case kept(Value, actions: [@Sendable () -> Void])
    /// Nothing was kept, and a new attempt may succeed.
    case again(PostgresFailure)
    case failed(any Error)
}
