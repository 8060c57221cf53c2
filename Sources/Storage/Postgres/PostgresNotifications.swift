import Storage

/// Signals between all processes on one database, by `NOTIFY` and one connection that listens.
///
/// It connects with the first subscription or signal and again whenever the connection is lost; then everybody is told,
/// since nobody knows what was missed. Signals go out after the commit: within it the server would let transactions that
/// signal commit only one after another, each waiting for the disk. Many at once go together.
public final class PostgresNotifications: ChangeSignals {
    private let listener: PostgresListener

    /// - Parameter url: as of ``PostgresDatabase``.
    /// - Throws: ``DatabaseError/unavailable(_:)`` when `url` is none, or the process has too many files open.
    public init(url: String, name: String = "waxwing") throws(DatabaseError) {
        listener = try PostgresListener(try PostgresAddress(url), name: name)
    }

    deinit {
        listener.stop()
    }

    /// Connects already now; from then on ``PostgresDatabase/isInUse()`` tells others of this process.
    public func connect() {
        listener.start()
    }

    public func signal(_ topic: SignalTopic, in session: any WriteSession) throws(DatabaseError) {
        // Not the listener alone, which stops with this value.
        session.afterCommit { self.listener.tell(topic) }
    }

    public func signals(on topic: SignalTopic) -> AsyncStream<Void> {
        listener.start()
        return listener.subscribers.subscribe(to: topic)
    }
}
