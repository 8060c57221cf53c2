import Storage
import Synchronization

/// A database that fails, while it is told to, where an answer is to be kept: what comes before that is as if the process
/// had ended there.
final class LosingAnswers: Sendable {
    private let losing = Mutex(false)

    var isLosing: Bool {
        get { losing.withLock { $0 } }
        set { losing.withLock { $0 = newValue } }
    }

    func over(_ database: any Database) -> any Database { Wrapped(database: database, losing: self) }

    private struct Wrapped: Database {
        let database: any Database
        let losing: LosingAnswers

        var hasOneWriter: Bool { database.hasOneWriter }

        func read<Value: Sendable>(
            _ body: @escaping @Sendable (any ReadSession) throws -> Value
        ) async throws -> Value {
            try await database.read(body)
        }

        func write<Value: Sendable>(
            _ body: @escaping @Sendable (any WriteSession) throws -> Value
        ) async throws -> Value {
            try await database.write { [losing] in try body(Session(session: $0, losing: losing)) }
        }

        func write<Value: Sendable>(
            _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
        ) async throws -> Value {
            try await database.write(isolation) { [losing] in try body(Session(session: $0, losing: losing)) }
        }
    }

    private struct Session: WriteSession {
        let session: any WriteSession
        let losing: LosingAnswers

        func rows(_ sql: SQL) throws(DatabaseError) -> [Row] { try session.rows(sql) }

        func each(_ sql: SQL, _ body: (Row) throws -> Void) throws { try session.each(sql, body) }

        func execute(_ sql: SQL) throws(DatabaseError) -> Int {
            let text = sql.rendered(for: .sqlite).text
            let ends = text.contains("idempotency_keys SET answer") || text.contains("DELETE FROM idempotency_keys")
            if losing.isLosing, ends { throw .unavailable("the process has ended") }
            return try session.execute(sql)
        }

        func afterCommit(_ action: @escaping @Sendable () -> Void) { session.afterCommit(action) }
    }
}
