import Storage
import Synchronization

/// Does something at the n-th statement of its transactions, instead of running it: throws, or ends the process.
struct FailingDatabase: InspectableDatabase {
    let database: any InspectableDatabase
    let statements: StatementCounter

    /// - Parameter n: 1 for the first; 0 for none, to count them.
    init(
        _ database: any InspectableDatabase, at n: Int,
        _ fail: @escaping @Sendable () throws -> Void = { throw Failure() }
    ) {
        self.database = database
        statements = StatementCounter(failsAt: n, fail)
    }

    struct Failure: Error {}

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await database.write { [statements] in try body(FailingSession(session: $0, statements: statements)) }
    }

    func onEmptySchema<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await database.onEmptySchema(body)
    }

    func structuralFaults() async throws -> [String] { try await database.structuralFaults() }
}

final class StatementCounter: Sendable {
    private let fail: @Sendable () throws -> Void
    private let failsAt: Int
    private let seen = Mutex(0)

    init(failsAt: Int, _ fail: @escaping @Sendable () throws -> Void) {
        (self.failsAt, self.fail) = (failsAt, fail)
    }

    var count: Int { seen.withLock { $0 } }

    func pass() throws(DatabaseError) {
        let number = seen.withLock { seen in
            seen += 1
            return seen
        }
        guard number == failsAt else { return }
        do {
            try fail()
        } catch {
            throw .unexpected("a failure that was asked for")
        }
    }
}

private struct FailingSession: WriteSession {
    let session: any WriteSession
    let statements: StatementCounter

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

    func afterCommit(_ action: @escaping @Sendable () -> Void) {
        session.afterCommit(action)
    }
}
