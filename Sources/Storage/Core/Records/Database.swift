/// Rows in one engine: snapshots to read, transactions to write.
///
/// Bodies are synchronous and run off the cooperative pool. A body may run again after contention,
/// so its effects are the session's only; what must follow a commit goes to ``WriteSession/afterCommit(_:)``.
public protocol Database: Sendable {
    /// Whether transactions that write wait for each other whatever they touch: then one in the place of two costs nobody more.
    var hasOneWriter: Bool { get }

    /// Runs `body` on one consistent snapshot.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value

    /// Runs `body` in one transaction: all of it is kept, or nothing if it throws or any of its statements fails.
    /// Transactions act as if they ran one after another.
    ///
    /// - Throws: what `body` throws, or a ``DatabaseError``.
    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value

    /// As ``write(_:)``, kept from other transactions only as far as `isolation` says.
    func write<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value

    /// Ends the use of the engine in good order, when nobody asks any more. Nothing is lost by whoever does not come to it.
    func close() async
}

/// How far a transaction is kept from others.
public enum WriteIsolation: Sendable {
    /// Transactions act as if they ran one after another.
    case serializable
    /// Each statement sees what was committed when it began. For transactions that hold every row they decide on, by
    /// ``SQLDifference/forUpdate`` or ``SQLDifference/skipLocked``: they are never undone because others were near.
    case readCommitted
}

extension Database {
    public var hasOneWriter: Bool { false }

    public func close() async {}

    /// What is kept apart further than asked for is kept apart.
    public func write<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await write(body)
    }
}

/// An open snapshot.
public protocol ReadSession {
    func rows(_ sql: SQL) throws(DatabaseError) -> [Row]

    /// Hands the rows over one by one, however many there are: only one at a time is in memory.
    ///
    /// - Parameter body: does not use the session; what it throws ends the reading.
    func each(_ sql: SQL, _ body: (Row) throws -> Void) throws
}

/// An open transaction.
public protocol WriteSession: ReadSession {
    /// - Returns: how many rows were changed.
    @discardableResult
    func execute(_ sql: SQL) throws(DatabaseError) -> Int

    /// Runs `action` once the transaction is kept, and never if it is not.
    func afterCommit(_ action: @escaping @Sendable () -> Void)
}

extension ReadSession {
    /// For sessions that only pass statements on.
    public func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        for row in try rows(sql) { try body(row) }
    }

    public func row(_ sql: SQL) throws(DatabaseError) -> Row? {
        try rows(sql).first
    }
}
