import FreshDatabases
import Storage
import StoragePostgres
import Testing

/// Programs of one service that start at the same moment, after an update.
@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresMigrationTests {
    private static let songs = MigrationSet(
        module: "songs", [Migration(1, "songs", ["CREATE TABLE songs (title TEXT)"])])

    @Test func `a program waits for another's long step, however short it waits for other things`() async throws {
        let schema = try await FreshDatabase.schema()
        let (first, watcher) = (try schema.database(), try schema.database())
        try await first.migrate([], at: Timestamp(milliseconds: 0))
        let name = "waxwing-\(schema.name.suffix(20))"
        let second = try schema.database(name: name) {
            ($0.lockTimeout, $0.conflictWait) = (.milliseconds(50), .zero)
        }
        let ended = Runs()
        let (stepping, begin) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await first.write { session in
                    _ = try session.rows("\(.lockTable("schema_migrations"))")
                    begin.yield()
                    waiting {
                        // Until the other has waited for longer than it would wait for anything else.
                        try? await until {
                            let waited = try await watcher.waitsForLock(name, longerThan: 200)
                            return waited || ended.count > 0
                        }
                    }
                }
            }
            for await _ in stepping { break }
            group.addTask {
                defer { ended.add() }
                try await second.migrate([Self.songs], at: Timestamp(milliseconds: 0))
            }
            try await group.waitForAll()
        }
        #expect(try await watcher.read { try $0.rows("SELECT * FROM songs").isEmpty })
    }
}

extension PostgresDatabase {
    fileprivate func waitsForLock(_ name: String, longerThan milliseconds: Int) async throws -> Bool {
        try await read { session in
            try session.row(
                """
                SELECT pid FROM pg_stat_activity WHERE application_name = \(name) AND wait_event_type = 'Lock'
                    AND clock_timestamp() - query_start > \(milliseconds) * interval '1 ms'
                """) != nil
        }
    }
}
