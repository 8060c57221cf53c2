import FreshDatabases
import Storage
import StoragePostgres
import StorageSQLite
import StorageTestKit
import Testing

@Suite struct LocalSignalsTests {
    @Test(arguments: ChangeSignalsPromise.all)
    func `keeps every promise`(_ promise: ChangeSignalsPromise) async throws {
        let signals = LocalSignals()
        try await promise.check(SQLiteDatabase.inMemory(), signals, signals)
    }

    @Test func `two spellings of one letter are two topics, as they are to the database`() throws {
        #expect(try Topic("é") != Topic("e\u{301}"))
        #expect(SignalTopic("é") != SignalTopic("e\u{301}"))
    }

    @Test func `a topic has 1 to 256 bytes, and no zero byte`() {
        #expect(SignalTopic("") == nil)
        #expect(SignalTopic("a\0b") == nil)
        #expect(SignalTopic(String(repeating: "é", count: 129)) == nil)
        #expect(SignalTopic(String(repeating: "é", count: 128))?.text.utf8.count == 256)
    }
}

@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresNotificationsTests {
    @Test(arguments: ChangeSignalsPromise.all)
    func `keeps every promise between two processes`(_ promise: ChangeSignalsPromise) async throws {
        let schema = try await FreshDatabase.schema()
        try await promise.check(
            schema.database(), PostgresNotifications(url: schema.url), PostgresNotifications(url: schema.url))
    }

    @Test func `after a lost connection everybody is told, and hears again`() async throws {
        let schema = try await FreshDatabase.schema()
        let (database, name) = (try schema.database(), "waxwing-\(schema.name.suffix(20))")
        let signals = try PostgresNotifications(url: schema.url, name: name)
        let topic = try #require(SignalTopic(schema.name))
        var iterator = signals.signals(on: topic).makeAsyncIterator()
        for _ in 0..<3 {
            // Told at the beginning, then whenever a connection stands.
            let listener = try await database.untilListening(name)
            while await iterator.next() != nil {
                // Told because of the connection or of this signal: either way it hears.
                break
            }
            _ = try await database.read { try $0.rows("SELECT pg_terminate_backend(\(listener)::integer, 5000)") }
            try await until { try await database.listener(name) != listener }
        }
        try await database.untilListening(name)
        _ = try await database.write { try signals.signal(topic, in: $0) }
        await iterator.next()
    }

    @Test func `the listening connection ends with its value`() async throws {
        let schema = try await FreshDatabase.schema()
        let (database, name) = (try schema.database(), "waxwing-\(schema.name.suffix(20))")
        do {
            let signals = try PostgresNotifications(url: schema.url, name: name)
            for await _ in signals.signals(on: try #require(SignalTopic("a"))) { break }
            try await database.untilListening(name)
        }
        try await until { try await database.listener(name) == nil }
    }
}

extension PostgresDatabase {
    /// - Returns: the process that serves the listening connection.
    @discardableResult
    fileprivate func untilListening(_ name: String) async throws -> Int {
        while true {
            if let found = try await listener(name) { return found }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
