import Foundation
import Storage
import Synchronization

/// Signals between all processes on one database, by `NOTIFY` and one connection that listens.
///
/// It connects with the first subscription and again whenever the connection is lost; then everybody is told, since
/// nobody knows what was missed. The server lets transactions that signal commit one after another.
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

    public func signal(_ topic: SignalTopic, in session: any WriteSession) throws(DatabaseError) {
        _ = try session.rows("SELECT pg_notify(\(PostgresListener.channel), \(topic.text))")
    }

    public func signals(on topic: SignalTopic) -> AsyncStream<Void> {
        listener.start()
        return listener.subscribers.subscribe(to: topic)
    }
}

/// The thread that waits for notifications.
final class PostgresListener: Sendable {
    /// One for all topics, so that a new topic needs no statement. Others on the channel are told nothing by it.
    static let channel = "waxwing_signals"

    let subscribers = SignalSubscribers()
    private let address: PostgresAddress
    private let name: String
    private let settings = PostgresSettings()
    private let wake: WakePipe
    private let isStarted = Mutex(false)

    init(_ address: PostgresAddress, name: String) throws(DatabaseError) {
        guard let wake = WakePipe() else { throw .unavailable("the process has too many files open") }
        (self.address, self.name, self.wake) = (address, name, wake)
    }

    func start() {
        let isFirst = isStarted.withLock { started in
            defer { started = true }
            return !started
        }
        if isFirst { Thread.detachNewThread { self.run() } }
    }

    func stop() {
        wake.close()
    }

    private func run() {
        while true {
            if let connection = connected() {
                // What was signalled while nobody listened is unknown.
                subscribers.tellAll()
                while hears(connection) {}
            }
            // Random, so that the processes do not all come back at once.
            guard wake.wait(on: nil, atMost: .milliseconds(Int.random(in: 50...300))) != .closed else { return }
        }
    }

    private func connected() -> PostgresConnection? {
        guard let connection = try? PostgresConnection(to: address, name: "\(name) signals", settings),
            (try? connection.command("LISTEN \(Self.channel)")) != nil
        else { return nil }
        return connection
    }

    /// Waits for the next notifications and passes them on.
    /// - Returns: whether there may be more.
    private func hears(_ connection: PostgresConnection) -> Bool {
        switch wake.wait(on: connection.socket, atMost: .seconds(30)) {
        case .closed: return false
        case .readable: guard connection.listen() else { return false }
        // A server that is gone without a word is noticed by asking.
        case .timeout: guard (try? connection.command("SELECT 1")) != nil else { return false }
        }
        for topic in Set(connection.notifications()) {
            if let topic = SignalTopic(topic) { subscribers.tell(topic) }
        }
        return true
    }
}
