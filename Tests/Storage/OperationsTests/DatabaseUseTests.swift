import FreshDatabases
import Storage
import StoragePostgres
import StorageTestKit
import Testing

/// Whether others are at work on the rows that somebody wants to make anew.
@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct DatabaseUseTests {
    @Test func `a process whose signals are connected is known to others on its schema, as long as it lives`()
        async throws
    {
        let (schema, other) = (try await FreshDatabase.schema(), try await FreshDatabase.schema())
        let (database, elsewhere) = (try schema.database(), try other.database())
        #expect(try await !database.isInUse())
        var signals: PostgresNotifications? = try PostgresNotifications(url: schema.url, name: "waxwing-test")
        #expect(try await !database.isInUse())
        signals?.connect()
        while try await !database.isInUse() { try await Task.sleep(for: .milliseconds(20)) }
        let name = "waxwing-\(schema.name.suffix(20))"
        let second = try PostgresNotifications(url: schema.url, name: name)
        second.connect()
        while try await database.listener(name) == nil { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try await !elsewhere.isInUse())
        // Looking does not drive anybody out.
        #expect(try await database.isInUse())
        signals = nil
        #expect(try await database.isInUse())
        withExtendedLifetime(second) {}
    }

    /// It may have come while the objects were copied, for hours.
    @Test func `rows are not made anew under a process that has come in the meantime`() async throws {
        let schema = try await FreshDatabase.schema()
        let (database, folder) = (try schema.database(), try TemporaryFolder())
        try await database.migrate(modules, at: start)
        let dump = folder.path + "/rows.dump"
        _ = try await database.dump(to: dump, modules, at: start)
        let signals = try PostgresNotifications(url: schema.url, name: "waxwing-test")
        signals.connect()
        while try await !database.isInUse() { try await Task.sleep(for: .milliseconds(20)) }
        for target in [LoadTarget.empty, .replaced] {
            await #expect(throws: DumpError.inUse) { try await database.load(dump, modules, into: target, at: start) }
        }
        withExtendedLifetime(signals) {}
    }

    @Test func `when the last one has gone the rows are free`() async throws {
        let schema = try await FreshDatabase.schema()
        let database = try schema.database()
        var signals: PostgresNotifications? = try PostgresNotifications(url: schema.url, name: "waxwing-test")
        signals?.connect()
        while try await !database.isInUse() { try await Task.sleep(for: .milliseconds(20)) }
        signals = nil
        #expect(signals == nil)
        while try await database.isInUse() { try await Task.sleep(for: .milliseconds(20)) }
    }
}
