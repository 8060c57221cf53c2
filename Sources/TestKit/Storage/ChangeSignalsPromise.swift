import Storage
import Synchronization
import Testing

/// One thing every ``ChangeSignals`` promises, and how it is checked.
public struct ChangeSignalsPromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    /// Takes a database without tables, the signals of one process, and those of another (or the same once more).
    public let check: @Sendable (any Database, any ChangeSignals, any ChangeSignals) async throws -> Void

    init(
        _ promise: String,
        check: @escaping @Sendable (any Database, any ChangeSignals, any ChangeSignals) async throws -> Void
    ) {
        (testDescription, self.check) = (promise, check)
    }

    public static let all = [
        ChangeSignalsPromise("a new subscriber is told at once, to look at what was there before") { _, here, there in
            for signals in [here, there] {
                for _ in 0..<2 {
                    for await _ in signals.signals(on: try topic("new")) { break }
                }
            }
        },
        ChangeSignalsPromise("whoever looks after each signal misses no change, wherever it was made") {
            database, here, there in
            try await database.makeNotes()
            let rounds = 100
            try await withThrowingTaskGroup { group in
                for signals in [here, here, there] {
                    group.addTask {
                        // Ends only when the last note was seen.
                        for await _ in signals.signals(on: try topic("notes")) {
                            if try await database.countNotes() == rounds { break }
                        }
                    }
                }
                for round in 0..<rounds {
                    try await database.note(signalling: round.isMultiple(of: 2) ? here : there, topic("notes"))
                }
                try await group.waitForAll()
            }
        },
        ChangeSignalsPromise("an undone transaction tells nobody, nor does another topic's signal") {
            database, here, there in
            try await database.makeNotes()
            let probe = try Subscription(there, "probe")
            // At most two signals have no cause: the first, and the one when a connection stands. After a third, it stands.
            for count in 1...3 {
                if count > 1 { try await database.note(signalling: here, topic("probe")) }
                await probe.wait(for: count)
            }
            let undone = try Subscription(there, "undone")
            await undone.wait(for: 1)
            await #expect(throws: Undone.self) {
                try await database.write { session in
                    try here.signal(topic("undone"), in: session)
                    throw Undone()
                }
            }
            let before = probe.count
            try await database.note(signalling: here, topic("probe"))
            await probe.wait(for: before + 1)
            #expect(undone.count == 1)
        },
        ChangeSignalsPromise("signals that nobody waits for do no harm, and become few") { database, here, there in
            try await database.makeNotes()
            var signals = there.signals(on: try topic("idle")).makeAsyncIterator()
            for _ in 0..<50 { try await database.note(signalling: here, topic("idle")) }
            for _ in 0..<50 { try await database.note(signalling: here, topic("nobody")) }
            await signals.next()
            let last = there.signals(on: try topic("idle"))
            for await _ in last { break }
        },
    ]
}

private struct Undone: Error {}

private func topic(_ text: String) throws -> SignalTopic {
    try #require(SignalTopic(text))
}

/// Counts the signals of a topic.
private final class Subscription: Sendable {
    private let counts = Mutex(0)
    private let (arrivals, arrived) = AsyncStream.makeStream(of: Int.self)
    private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

    init(_ signals: any ChangeSignals, _ text: String) throws {
        let stream = signals.signals(on: try topic(text))
        let task = Task { [weak self] in
            for await _ in stream { self?.count(one: ()) }
        }
        self.task.withLock { $0 = task }
    }

    deinit {
        task.withLock { $0?.cancel() }
    }

    var count: Int { counts.withLock { $0 } }

    func wait(for count: Int) async {
        if self.count >= count { return }
        for await arrival in arrivals where arrival >= count { return }
    }

    private func count(one: Void) {
        arrived.yield(
            counts.withLock { count in
                count += 1
                return count
            })
    }
}

extension Database {
    fileprivate func makeNotes() async throws {
        _ = try await write { try $0.execute("CREATE TABLE notes (id TEXT PRIMARY KEY)") }
    }

    fileprivate func note(signalling signals: any ChangeSignals, _ topic: SignalTopic) async throws {
        try await write { session in
            try session.execute("INSERT INTO notes (id) VALUES (\(Identifier<SignalTopic>.random()))")
            try signals.signal(topic, in: session)
        }
    }

    fileprivate func countNotes() async throws -> Int {
        try await read { try $0.row("SELECT COUNT(*) AS count FROM notes")?.get("count") ?? 0 }
    }
}
