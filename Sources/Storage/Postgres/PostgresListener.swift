import Foundation
import Storage
import Synchronization

/// The thread that hears and gives notifications, on a connection of its own.
final class PostgresListener: Sendable {
    /// One for all topics, so that a new topic needs no statement. Others on the channel are told nothing by it.
    static let channel = "waxwing_signals"

    private struct State {
        var isStarted = false
        /// Of which the other processes are not told yet.
        var untold: Set<SignalTopic> = []
    }

    /// Whoever is connected is at work on the schema. A machine that is gone without a word is so no more, half a minute later.
    private static let beginning = """
        LISTEN \(channel); SET synchronous_commit = off;
        SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
        SELECT pg_advisory_lock_shared(\(SQLDifference.schemaUse))
        """

    let subscribers = SignalSubscribers()
    private let address: PostgresAddress
    private let name: String
    private let settings = PostgresSettings()
    private let wake: WakePipe
    private let state = Mutex(State())

    init(_ address: PostgresAddress, name: String) throws(DatabaseError) {
        guard let wake = WakePipe() else { throw .unavailable("the process has too many files open") }
        (self.address, self.name, self.wake) = (address, name, wake)
    }

    func start() {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        if isFirst { Thread.detachNewThread { self.run() } }
    }

    /// What is still untold is told before the connection ends.
    func stop() {
        wake.close()
    }

    func tell(_ topic: SignalTopic) {
        subscribers.tell(topic)
        start()
        let isFirst = state.withLock { state in
            defer { state.untold.insert(topic) }
            return state.untold.isEmpty
        }
        if isFirst { wake.nudge() }
    }

    private func run() {
        while true {
            if let connection = connected() {
                // What was signalled while nobody listened is unknown.
                subscribers.tellAll()
                while exchange(over: connection) {}
            }
            // Random, so that the processes do not all come back at once.
            guard wake.wait(on: nil, atMost: .milliseconds(Int.random(in: 50...300))) != .closed else { return }
        }
    }

    private func connected() -> PostgresConnection? {
        // A notification that a crash of the server loses tells of nothing that its clients do not look for anyway.
        guard let connection = try? PostgresConnection(to: address, name: "\(name) signals", settings),
            (try? connection.command(Self.beginning)) != nil
        else { return nil }
        return connection
    }

    /// Tells what is untold, waits for the next notifications and passes them on.
    /// - Returns: whether there may be more.
    private func exchange(over connection: PostgresConnection) -> Bool {
        guard tellOthers(over: connection) else { return false }
        // Those that came with the answer are not seen by waiting for the socket.
        hear(connection)
        switch wake.wait(on: connection.socket, atMost: .seconds(30)) {
        case .closed:
            _ = tellOthers(over: connection)
            return false
        case .nudged: return true
        case .readable: guard connection.listen() else { return false }
        // A server that is gone without a word is noticed by asking.
        case .timeout: guard (try? connection.command("SELECT 1")) != nil else { return false }
        }
        hear(connection)
        return true
    }

    private func hear(_ connection: PostgresConnection) {
        for topic in Set(connection.notifications()) {
            if let topic = SignalTopic(topic) { subscribers.tell(topic) }
        }
    }

    /// - Returns: whether they are told; if not, they stay for the next connection.
    private func tellOthers(over connection: PostgresConnection) -> Bool {
        let topics = state.withLock { state in
            defer { state.untold = [] }
            return state.untold
        }
        guard !topics.isEmpty else { return true }
        do {
            let list = try JSONText.encode(topics.map(\.text))
            _ = try connection.run(
                "SELECT pg_notify($1, topic) FROM json_array_elements_text($2::json) AS topics (topic)",
                [.text(Self.channel), .text(list)])
            return true
        } catch {
            state.withLock { $0.untold.formUnion(topics) }
            return false
        }
    }
}
