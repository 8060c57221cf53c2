import GRDB
import Storage

/// Rows in memory, for simulations: a transaction is done where it is asked for, without the way to another thread and
/// back, which takes longer than most of them.
///
/// It vanishes with its last reference. Who asks while another's transaction is open holds up a thread until that is over,
/// so it is not for services.
public final class DirectSQLiteDatabase: Storage.Database {
    private let engine: DatabaseQueue

    public var hasOneWriter: Bool { true }

    public init() throws(Storage.DatabaseError) {
        engine = try SQLiteDatabase.memory()
    }

    /// A transaction like any other: SQLite is told before each snapshot of its one connection that it is one, and then
    /// makes all its statements anew.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadSession) throws -> Value
    ) async throws -> Value {
        try transact { try body($0) }
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try transact(body)
    }

    private func transact<Value>(_ body: (any WriteSession) throws -> Value) throws -> Value {
        do {
            let (value, actions) = try engine.writeWithoutTransaction { database in
                try transact(body, in: database)
            }
            for action in actions { action() }
            return value
        } catch let error as GRDB.DatabaseError {
            throw Storage.DatabaseError(error)
        }
    }

    /// By statements that are kept: GRDB's own transactions make theirs anew each time.
    private func transact<Value>(
        _ body: (any WriteSession) throws -> Value, in database: GRDB.Database
    ) throws -> (Value, [@Sendable () -> Void]) {
        try database.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
        do {
            let result = try SQLiteSession.transact(body, in: database)
            try database.cachedStatement(sql: "COMMIT").execute()
            return result
        } catch {
            // Some errors have ended it already.
            if database.isInsideTransaction { try database.cachedStatement(sql: "ROLLBACK").execute() }
            throw error
        }
    }
}
