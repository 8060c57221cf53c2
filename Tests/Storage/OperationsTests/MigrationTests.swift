import Foundation
import FreshDatabases
import Storage
import StoragePostgres
import StorageSQLite
import StorageTestKit
import Testing

@Suite struct MigrationTests {
    @Test(arguments: Engine.running)
    func `a failure at any statement is made good by the next run`(_ engine: Engine) async throws {
        let whole = try await engine.make()
        let counting = FailingDatabase(whole, at: 0)
        try await counting.migrate(modules, at: start)
        let (schema, ledger) = try await whole.read { (try $0.schema(), try $0.ledger()) }
        let points = counting.statements.count
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 1...4 {
                group.addTask {
                    for n in stride(from: first, through: points, by: 4) {
                        let database = try await engine.make()
                        await #expect(throws: DatabaseError.self) {
                            try await FailingDatabase(database, at: n).migrate(modules, at: start)
                        }
                        try await database.migrate(modules, at: start)
                        let found = try await database.read { (try $0.schema(), try $0.ledger()) }
                        #expect(found.0.digest == schema.digest, "statement \(n)")
                        #expect(found.1 == ledger, "statement \(n)")
                    }
                }
            }
            try await group.waitForAll()
        }
        print("\(engine): \(points) of \(points) failing statements lead to schema \(schema.digest.prefix(12))")
    }

    @Test(arguments: Engine.running)
    func `the status tells of each module what was done and what is to do`(_ engine: Engine) async throws {
        let database = try await engine.make()
        let fresh = try await database.migrationStatus(modules)
        #expect(fresh.map(\.module) == modules.map(\.module))
        #expect(fresh.allSatisfy { $0.applied.isEmpty && $0.pending.count == $0.known && !$0.isNewer })
        try await database.migrate([songs(steps: 1)], at: start)
        try await database.migrate([songs(steps: 2)], at: start + .seconds(1))
        let behind = try #require(try await database.migrationStatus([songs(steps: 3)]).first)
        #expect(behind.applied.map(\.number) == [1, 2])
        #expect(behind.applied.map(\.appliedAt) == [start, start + .seconds(1)])
        #expect((behind.known, behind.pending, behind.isNewer) == (3, ["third"], false))
        let older = try await database.migrationStatus([songs(steps: 1)])
        #expect(older.map(\.isNewer) == [true])
        let foreign = try await database.migrationStatus([])
        #expect(foreign.map(\.known) == [0])
        #expect(foreign.map(\.isNewer) == [true])
    }

    @Test(arguments: Engine.running)
    func `the status of an empty database does not change it`(_ engine: Engine) async throws {
        let database = try await engine.make()
        _ = try await database.migrationStatus(modules)
        #expect(try await database.read { try $0.schema().items.isEmpty })
    }
}

/// A process that is killed while it migrates.
@Suite struct MigrationKillTests {
    /// What every kill has to lead to, and the statements at which one comes: a few, or all in the long rounds.
    private func goal(_ whole: any InspectableDatabase) async throws -> (digest: String, points: [Int]) {
        let counting = FailingDatabase(whole, at: 0)
        try await counting.migrate(modules, at: start)
        let count = counting.statements.count
        return (
            try await whole.read { try $0.schema().digest },
            Array(stride(from: 1, through: count, by: rounds > 1 ? 1 : count / 4))
        )
    }

    @Test func `a process killed at a statement leaves a file that the next one makes whole`() async throws {
        let folder = try TemporaryFolder()
        let (digest, points) = try await goal(SQLiteDatabase.inMemory())
        for n in points {
            let path = "\(folder.path)/\(n).sqlite"
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, n = n as Int] in
                let database = FailingDatabase(try SQLiteDatabase(path: path), at: n) { kill(getpid(), SIGKILL) }
                try await database.migrate(modules, at: start)
            }
            let database = try SQLiteDatabase(path: path)
            try await database.migrate(modules, at: start)
            #expect(try await database.read { try $0.schema().digest } == digest, "statement \(n)")
            #expect(try await database.check(modules).faults.isEmpty, "statement \(n)")
        }
        print("sqlite: \(points.count) kills while migrating, all made whole")
    }

    @Test(.needsPostgres)
    func `a process killed at a statement leaves a schema that the next one makes whole`() async throws {
        let (digest, points) = try await goal(FreshDatabase.postgres())
        for n in points {
            let schema = try await FreshDatabase.schema()
            await #expect(processExitsWith: .signal(SIGKILL)) { [url = schema.url as String, n = n as Int] in
                let database = FailingDatabase(try PostgresDatabase(url: url, settings: .patient), at: n) {
                    kill(getpid(), SIGKILL)
                }
                try await database.migrate(modules, at: start)
            }
            let database = try schema.database()
            try await database.migrate(modules, at: start)
            #expect(try await database.read { try $0.schema().digest } == digest, "statement \(n)")
            #expect(try await database.check(modules).faults.isEmpty, "statement \(n)")
        }
        print("postgres: \(points.count) kills while migrating, all made whole")
    }
}

@Suite struct DatabaseCheckTests {
    @Test(arguments: Engine.running)
    func `a whole database has no faults, and every table is read`(_ engine: Engine) async throws {
        let database = try await engine.make()
        try await database.migrate(modules, at: start)
        try await Population(rows: 200, seed: 1).fill(database)
        let check = try await database.check(modules)
        #expect(check.faults.isEmpty)
        #expect(check.rows["users"] ?? 0 > 0)
        #expect(check.rows.count >= 20)
        #expect(check.rows.values.reduce(0, +) >= 200)
    }

    @Test(arguments: Engine.running)
    func `a schema that is not as the steps make it is told item by item`(_ engine: Engine) async throws {
        let database = try await engine.make()
        try await database.migrate([songs(steps: 2)], at: start)
        try await database.write { session in
            try session.execute("DROP INDEX songs_by_title")
            try session.execute("ALTER TABLE songs ADD COLUMN extra TEXT")
            try session.execute("CREATE TABLE of_somebody_else (a TEXT)")
        }
        let faults = try await database.check([songs(steps: 2)]).faults
        #expect(faults.contains(.missing(kind: "index", name: "songs_by_title")))
        // SQLite keeps the text of a table, PostgreSQL its columns: one more is no fault there.
        #expect(faults.count == (engine == .sqlite ? 2 : 1))
    }

    @Test(arguments: Engine.running)
    func `a step by another name, or a gap, is told`(_ engine: Engine) async throws {
        let database = try await engine.make()
        try await database.migrate([songs(steps: 3)], at: start)
        try await database.write { session in
            try session.execute("UPDATE schema_migrations SET name = 'other' WHERE number = 1")
            try session.execute("DELETE FROM schema_migrations WHERE number = 2")
        }
        let faults = try await database.check([songs(steps: 3)]).faults
        #expect(faults == [.step(module: "songs", number: 1), .step(module: "songs", number: 3)])
    }

    @Test(arguments: Engine.running)
    func `a database of a newer program is refused`(_ engine: Engine) async throws {
        let database = try await engine.make()
        try await database.migrate([songs(steps: 2)], at: start)
        await #expect(throws: DatabaseError.newerSchema(module: "songs", found: 2, known: 1)) {
            try await database.check([songs(steps: 1)])
        }
        await #expect(throws: DatabaseError.newerSchema(module: "songs", found: 2, known: 0)) {
            try await database.check(modules)
        }
    }

    @Test func `a damaged page is told`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/waxwing.sqlite"
        do {
            let database = try SQLiteDatabase(path: path)
            try await database.migrate(modules, at: start)
            try await Population(rows: 2_000, seed: 1).fill(database)
        }
        let file = try FileHandle(forUpdating: URL(filePath: path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: size / 2)
        try file.write(contentsOf: Data(repeating: 0x5A, count: 4096))
        try file.close()
        let faults = try await SQLiteDatabase(path: path).check(modules).faults
        #expect(!faults.isEmpty)
    }
}

/// A module that grows.
func songs(steps: Int) -> MigrationSet {
    let all = [
        Migration(
            1, "first",
            [
                "CREATE TABLE songs (title TEXT PRIMARY KEY, loudness DOUBLE PRECISION)",
                "CREATE INDEX songs_by_title ON songs (title)",
            ]),
        Migration(2, "second", ["ALTER TABLE songs ADD COLUMN year BIGINT"]),
        Migration(
            3, "third",
            [
                "CREATE TABLE years (year BIGINT PRIMARY KEY)",
                "INSERT INTO years SELECT DISTINCT year FROM songs WHERE year > 0",
            ]),
    ]
    return MigrationSet(module: "songs", Array(all.prefix(steps)))
}
