import Foundation
import FreshDatabases
import Storage
import StoragePostgres
import StorageSQLite
import StorageTestKit
import Testing

@Suite struct DumpTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func path(_ name: String = "dump") -> String { "\(folder.path)/\(name)" }

    @Test(arguments: Engine.running, Engine.running)
    func `what is loaded is what was dumped`(_ from: Engine, _ to: Engine) async throws {
        let rows = rounds > 1 ? 100_000 : 1_000
        let (source, target) = (try await from.make(), try await to.make())
        try await source.migrate(modules, at: start)
        try await Population(rows: rows, seed: 7).fill(source)
        let dumped = try await source.dump(to: path(), modules, at: start)
        let loaded = try await target.load(path(), modules, at: start + .seconds(9))
        let again = try await target.dump(to: path("again"), modules, at: start)
        #expect(dumped.rows == rows)
        #expect(loaded == dumped)
        #expect(again.tables == dumped.tables)
        let ledgers = [try await source.read { try $0.ledger() }, try await target.read { try $0.ledger() }]
        #expect(ledgers[0] == ledgers[1])
        #expect(try await target.check(modules).faults.isEmpty)
        print(
            "\(from) to \(to): \(dumped.rows) rows in \(dumped.tables.count) tables, \(dumped.bytes) bytes, digests equal"
        )
    }

    @Test func `a dump is cut nowhere and changed nowhere without being refused, and nothing is changed by it`()
        async throws
    {
        let source = try SQLiteDatabase.inMemory()
        try await source.migrate([songs(steps: 2)], at: start)
        try await source.write { session in
            for number in 0..<3 {
                try session.execute("INSERT INTO songs (title, loudness, year) VALUES (\("\(number)"), -0.1, NULL)")
            }
        }
        _ = try await source.dump(to: path(), [songs(steps: 2)], at: start)
        let bytes = try Data(contentsOf: URL(filePath: path()))
        let target = try SQLiteDatabase.inMemory()
        var refused = 0
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1 << UInt8(position % 8)
            for damaged in [bytes.prefix(position), changed] {
                try damaged.write(to: URL(filePath: path("damaged")))
                await #expect(throws: DumpError.self, "byte \(position)") {
                    try await target.load(path("damaged"), [songs(steps: 2)], at: start)
                }
                refused += 1
            }
        }
        try (bytes + [0]).write(to: URL(filePath: path("damaged")))
        await #expect(throws: DumpError.damaged("it goes on after its end")) {
            try await target.load(path("damaged"), [songs(steps: 2)], at: start)
        }
        #expect(try await target.read { try $0.schema().items.isEmpty })
        print("\(refused) of \(2 * bytes.count) damaged dumps refused")
    }

    @Test(arguments: Engine.running)
    func `a load that fails at any statement leaves the database as it was`(_ engine: Engine) async throws {
        let source = try SQLiteDatabase.inMemory()
        try await source.migrate([songs(steps: 2)], at: start)
        _ = try await source.write { try $0.execute("INSERT INTO songs (title) VALUES ('new')") }
        _ = try await source.dump(to: path(), [songs(steps: 2)], at: start)
        let target = try await engine.make()
        try await target.migrate([songs(steps: 1)], at: start)
        _ = try await target.write { try $0.execute("INSERT INTO songs (title) VALUES ('old')") }
        let before = try await target.read { (try $0.schema(), try $0.ledger()) }
        var points = 0
        while points < 200 {
            let failing = FailingDatabase(target, at: points + 1)
            do {
                _ = try await failing.load(path(), [songs(steps: 3)], into: .replaced, at: start)
                break
            } catch is DatabaseError {
                points += 1
                let after = try await target.read { (try $0.schema(), try $0.ledger(), try $0.titles()) }
                #expect(after.0 == before.0 && after.1 == before.1 && after.2 == ["old"], "statement \(points)")
            }
        }
        #expect(points > 15)
        #expect(try await target.read { try $0.titles() } == ["new"])
        #expect(try await target.migrationStatus([songs(steps: 3)]).first?.applied.count == 3)
        print("\(engine): \(points) of \(points) failing statements of a load leave what was there")
    }

    @Test(arguments: Engine.running)
    func `rows that are there stay, unless they may be replaced`(_ engine: Engine) async throws {
        let source = try SQLiteDatabase.inMemory()
        try await source.migrate(modules, at: start)
        try await Population(rows: 100, seed: 1).fill(source)
        let dumped = try await source.dump(to: path(), modules, at: start)
        let target = try await engine.make()
        try await target.migrate(modules, at: start)
        try await target.checkEmpty(modules)
        try await Population(rows: 10, seed: 2).fill(target)
        await #expect(throws: DumpError.self) { try await target.checkEmpty(modules) }
        let error = await #expect(throws: DumpError.self) { try await target.load(path(), modules, at: start) }
        guard case .notEmpty = error else { return #expect(error == nil) }
        _ = try await target.load(path(), modules, into: .replaced, at: start)
        #expect(try await target.dump(to: path("again"), modules, at: start).tables == dumped.tables)
    }

    @Test(arguments: Engine.running)
    func `a dump of an older program is loaded as it was, then brought up to date`(_ engine: Engine) async throws {
        let source = try await engine.make()
        try await source.migrate([songs(steps: 2)], at: start)
        _ = try await source.write { try $0.execute("INSERT INTO songs (title, year) VALUES ('one', 1977)") }
        // The program knows three steps already, the database has taken two.
        _ = try await source.dump(to: path(), [songs(steps: 3)], at: start)
        let target = try await engine.make()
        _ = try await target.load(path(), [songs(steps: 3)], at: start + .seconds(5))
        let years = try await target.read {
            try $0.rows("SELECT year FROM years").map { try $0.get("year", as: Int.self) }
        }
        #expect(years == [1977])
        let applied = try await target.migrationStatus([songs(steps: 3)]).first?.applied.map(\.appliedAt)
        #expect(applied == [start, start, start + .seconds(5)])
    }

    @Test func `a dump of a newer program, or of a module that is not there, is refused`() async throws {
        let source = try SQLiteDatabase.inMemory()
        try await source.migrate([songs(steps: 3)], at: start)
        _ = try await source.dump(to: path(), [songs(steps: 3)], at: start)
        let target = try SQLiteDatabase.inMemory()
        await #expect(throws: DatabaseError.newerSchema(module: "songs", found: 3, known: 2)) {
            try await target.load(path(), [songs(steps: 2)], at: start)
        }
        await #expect(throws: DatabaseError.newerSchema(module: "songs", found: 3, known: 0)) {
            try await target.load(path(), modules, at: start)
        }
        await #expect(throws: DatabaseError.newerSchema(module: "songs", found: 3, known: 2)) {
            try await source.dump(to: path("again"), [songs(steps: 2)], at: start)
        }
    }

    @Test func `a file that is there is not written over, and one that is no dump is told`() async throws {
        let database = try SQLiteDatabase.inMemory()
        try Data("precious".utf8).write(to: URL(filePath: path()))
        await #expect(throws: DumpError.exists(path())) { try await database.dump(to: path(), modules, at: start) }
        await #expect(throws: DumpError.notADump(path())) { try await database.load(path(), modules, at: start) }
        #expect(try Data(contentsOf: URL(filePath: path())) == Data("precious".utf8))
        let error = await #expect(throws: DumpError.self) {
            try await database.load(path("missing"), modules, at: start)
        }
        guard case .file = error else { return #expect(error == nil) }
    }

    @Test func `a dump shows one moment, whatever is written meanwhile`() async throws {
        let database = try SQLiteDatabase(path: path("waxwing.sqlite"))
        try await database.migrate(modules, at: start)
        try await Population(rows: 1_000, seed: 3).fill(database)
        let writer = Task {
            for number in 0... {
                try Task.checkCancellation()
                // One transaction: a user with a session, or neither.
                try await database.write { session in
                    let id = "later-\(number)"
                    try session.execute("INSERT INTO users (id, email, created_at) VALUES (\(id), \(id), 1)")
                    try session.execute(
                        "INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES (\(id), \(id), 1, 1)")
                }
            }
        }
        let summaries = try await withThrowingTaskGroup(of: DumpSummary.self) { group in
            for number in 0..<4 {
                group.addTask { try await database.dump(to: path("\(number)"), modules, at: start) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        writer.cancel()
        _ = await writer.result
        for summary in summaries {
            let rows = Dictionary(uniqueKeysWithValues: summary.tables.map { ($0.name, $0.rows) })
            #expect(rows["users"] == rows["sessions"])
        }
    }

    @Test func `a dump that is cancelled leaves no file`() async throws {
        let database = try SQLiteDatabase(path: path("waxwing.sqlite"))
        try await database.migrate(modules, at: start)
        try await Population(rows: 12_000, seed: 3).fill(database)
        let (reached, signal) = AsyncStream<Void>.makeStream()
        let (gate, open) = (DispatchSemaphore(value: 0), path())
        let dumping = Task {
            try await database.dump(to: open, modules, at: start) { _ in
                signal.yield()
                gate.wait()
            }
        }
        for await _ in reached { break }
        dumping.cancel()
        gate.signal()
        gate.signal()
        await #expect(throws: (any Error).self) { try await dumping.value }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("dump") }
        #expect(left.isEmpty)
    }
}

/// What one engine has and another has not.
@Suite(.needsPostgres) struct DumpDifferenceTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/dump" }

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `a number that SQLite does not keep is refused, not lost`() async throws {
        let source = try await FreshDatabase.postgres()
        try await source.migrate([songs(steps: 1)], at: start)
        _ = try await source.write { try $0.execute("INSERT INTO songs VALUES ('one', 'NaN')") }
        _ = try await source.dump(to: path, [songs(steps: 1)], at: start)
        let (lite, server) = (try SQLiteDatabase.inMemory(), try await FreshDatabase.postgres())
        await #expect(throws: DumpError.notKept(table: "songs")) {
            try await lite.load(path, [songs(steps: 1)], at: start)
        }
        #expect(try await lite.read { try $0.schema().items.isEmpty })
        _ = try await server.load(path, [songs(steps: 1)], at: start)
    }

    @Test func `the sign of zero is kept where the engine keeps it, and is no reason to refuse`() async throws {
        let source = try await FreshDatabase.postgres()
        try await source.migrate([songs(steps: 1)], at: start)
        _ = try await source.write { try $0.execute("INSERT INTO songs VALUES ('one', \(-0.0))") }
        _ = try await source.dump(to: path, [songs(steps: 1)], at: start)
        for (engine, sign) in [(Engine.sqlite, FloatingPointSign.plus), (.postgres, .minus)] {
            let target = try await engine.make()
            _ = try await target.load(path, [songs(steps: 1)], at: start)
            let found = try await target.read {
                try $0.row("SELECT loudness FROM songs")?.get("loudness", as: Double.self)
            }
            #expect(found == 0 && found?.sign == sign)
        }
    }

    @Test func `counters of the server go on after what was loaded`() async throws {
        let counted = MigrationSet(
            module: "counted",
            [
                Migration(
                    1, "first",
                    ["CREATE TABLE takes (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, title TEXT)"])
            ])
        let (source, target) = (try await FreshDatabase.postgres(), try await FreshDatabase.postgres())
        try await source.migrate([counted], at: start)
        for _ in 0..<3 { _ = try await source.write { try $0.execute("INSERT INTO takes (title) VALUES ('a')") } }
        _ = try await source.dump(to: path, [counted], at: start)
        _ = try await target.load(path, [counted], at: start)
        let next = try await target.write {
            try $0.row("INSERT INTO takes (title) VALUES ('b') RETURNING id")?.get("id", as: Int.self)
        }
        #expect(next == 4)
    }
}

extension ReadSession {
    fileprivate func titles() throws -> [String] {
        try rows("SELECT title FROM songs").map { try $0.get("title") }
    }
}
