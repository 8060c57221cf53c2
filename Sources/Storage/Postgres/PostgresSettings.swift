/// Limits of a ``PostgresDatabase``. Each of them ends a wait that could otherwise last for ever.
public struct PostgresSettings: Sendable, Equatable {
    /// How many connections are open at most.
    public var connections = 10
    /// How long a call waits for a connection that others use; then ``DatabaseError/busy``.
    public var connectionWait = Duration.seconds(10)
    /// How long a transaction is tried again after conflicts with others; then ``DatabaseError/busy``.
    public var conflictWait = Duration.seconds(10)
    /// How long a call waits for a server that is away, as while it restarts; then ``DatabaseError/unavailable(_:)``.
    public var reconnectWait = Duration.seconds(3)
    /// A connection unused for this long is closed.
    public var idleLife = Duration.seconds(300)
    /// A connection older than this is closed after its use, so that servers behind an address can change.
    public var connectionLife = Duration.seconds(3600)
    /// How long a statement may run.
    public var statementTimeout = Duration.seconds(30)
    /// How long a statement may wait for a lock.
    public var lockTimeout = Duration.seconds(10)
    /// How long a body may do nothing with its open transaction.
    public var idleInTransactionTimeout = Duration.seconds(60)
    /// What a connection may keep prepared.
    public var preparedStatements = 256

    public init() {}
}
