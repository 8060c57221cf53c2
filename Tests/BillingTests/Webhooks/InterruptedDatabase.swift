import Storage
import Synchronization

/// Is cut off at the n-th statement of its transactions, for good: as when the process dies there.
struct InterruptedDatabase: Database {
    let database: any Database
    private let statements: Statements

    init(_ database: any Database, at n: Int) {
        (self.database, statements) = (database, Statements(last: n))
    }

    /// How many were asked for.
    var count: Int { statements.count }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await database.write { [statements] in try body(InterruptedSession(session: $0, statements: statements)) }
    }
}

private final class Statements: Sendable {
    private let last: Int
    private let seen = Mutex(0)

    init(last: Int) {
        self.last = last
    }

    var count: Int { seen.withLock { $0 } }

    func pass() throws(DatabaseError) {
        let number = seen.withLock { seen in
            seen += 1
            return seen
        }
        guard number < last else { throw .unavailable("it was cut off") }
    }
}

private struct InterruptedSession: WriteSession {
    let session: any WriteSession
    let statements: Statements

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        try statements.pass()
        return try session.rows(sql)
    }

    func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try statements.pass()
        try session.each(sql, body)
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        try statements.pass()
        return try session.execute(sql)
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) { session.afterCommit(action) }
}
