import Dispatch
import Foundation
import Storage
import StorageSQLite
import StorageTestKit
import Testing

@Suite struct SQLiteInMemoryTests {
    @Test(arguments: DatabasePromise.all)
    func `keeps every promise`(_ promise: DatabasePromise) async throws {
        try await promise.check(SQLiteDatabase.inMemory())
    }

    @Test(arguments: KeyValueStorePromise.all)
    func `keeps every promise about keys and values`(_ promise: KeyValueStorePromise) async throws {
        let clock = ManualClock()
        let database = try SQLiteDatabase.inMemory()
        try await database.migrate([SQLKeyValueStore.migrations], at: clock.now())
        try await promise.check(SQLKeyValueStore(database, clock: clock), clock)
    }

    @Test(arguments: EventLogPromise.all)
    func `keeps every promise about events`(_ promise: EventLogPromise) async throws {
        try await promise.check(SQLiteDatabase.inMemory())
    }

    @Test(arguments: EventFeedPromise.all)
    func `keeps every promise to readers that wait`(_ promise: EventFeedPromise) async throws {
        let side = EventFeedPromise.Side(try SQLiteDatabase.inMemory(), EventLog(pause: .seconds(3_600)))
        try await promise.check(side, side)
    }

    @Test func `what has expired is removed, what lives stays`() async throws {
        let clock = ManualClock()
        let database = try SQLiteDatabase.inMemory()
        try await database.migrate([SQLKeyValueStore.migrations], at: clock.now())
        let store = SQLKeyValueStore(database, clock: clock)
        for (key, life) in [("brief", .seconds(1)), ("long", .seconds(2)), ("lasting", nil)] as [(String, Duration?)] {
            try await store.put([1], for: KeyValueKey(key), expiresIn: life)
        }
        clock.advance(by: .seconds(1))
        try await store.removeExpired()
        let keys = try await database.read { session in
            try session.rows("SELECT key FROM key_values ORDER BY key").map { try $0.get("key", as: String.self) }
        }
        #expect(keys == ["lasting", "long"])
    }

    @Test(arguments: KeyValueOutagePromise.all)
    func `nobody suffers from a store without its table`(_ promise: KeyValueOutagePromise) async throws {
        try await promise.check(SQLKeyValueStore(SQLiteDatabase.inMemory()))
    }
}

@Suite struct DirectSQLiteTests {
    @Test(arguments: DatabasePromise.all)
    func `keeps every promise`(_ promise: DatabasePromise) async throws {
        try await promise.check(DirectSQLiteDatabase())
    }
}

@Suite struct SQLiteFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/waxwing.sqlite" }

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: EventLogPromise.all)
    func `keeps every promise about events`(_ promise: EventLogPromise) async throws {
        try await promise.check(SQLiteDatabase(path: path))
    }

    @Test(arguments: EventFeedPromise.all)
    func `keeps every promise to readers that wait in another process`(_ promise: EventFeedPromise) async throws {
        let sides = try (0..<2).map { _ in
            // Nothing tells of the other's changes: they are looked for.
            EventFeedPromise.Side(try SQLiteDatabase(path: path), EventLog(pause: .milliseconds(5)))
        }
        try await promise.check(sides[0], sides[1])
    }

    @Test(arguments: DatabasePromise.all)
    func `keeps every promise`(_ promise: DatabasePromise) async throws {
        try await promise.check(SQLiteDatabase(path: path))
    }

    @Test(arguments: DatabasePromise.all)
    func `keeps every promise with two values on one file`(_ promise: DatabasePromise) async throws {
        try await promise.check(AlternatingDatabase(SQLiteDatabase(path: path), SQLiteDatabase(path: path)))
    }

    @Test(arguments: KeyValueStorePromise.all)
    func `keeps every promise about keys and values, with two values on one file`(
        _ promise: KeyValueStorePromise
    ) async throws {
        let clock = ManualClock()
        let database = AlternatingDatabase(try SQLiteDatabase(path: path), try SQLiteDatabase(path: path))
        try await database.migrate([SQLKeyValueStore.migrations], at: clock.now())
        try await promise.check(SQLKeyValueStore(database, clock: clock), clock)
    }

    @Test func `what was committed is there for the next process`() async throws {
        _ = try await SQLiteDatabase(path: path).write { try $0.execute("CREATE TABLE songs (title TEXT)") }
        let database = try SQLiteDatabase(path: path)
        #expect(try await database.read { try $0.rows("SELECT title FROM songs").count } == 0)
    }

    @Test func `a closed database is one file, and opens again`() async throws {
        let database = try SQLiteDatabase(path: path)
        _ = try await database.write { try $0.execute("CREATE TABLE songs (title TEXT)") }
        // By now there is a connection that only reads.
        #expect(try await database.read { try $0.rows("SELECT title FROM songs").count } == 0)
        await database.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["waxwing.sqlite"])
        await #expect(throws: Storage.DatabaseError.self) {
            _ = try await database.read { try $0.rows("SELECT title FROM songs").count }
        }
        let next = try SQLiteDatabase(path: path)
        #expect(try await next.read { try $0.rows("SELECT title FROM songs").count } == 0)
    }

    @Test func `a reading sees what was there when it began, whatever is written meanwhile`() async throws {
        let database = try SQLiteDatabase(path: path)
        try await database.write { session in
            try session.execute("CREATE TABLE songs (title TEXT)")
            try session.execute("INSERT INTO songs (title) VALUES ('one')")
        }
        let (began, signal) = AsyncStream<Void>.makeStream()
        let written = DispatchSemaphore(value: 0)
        async let counts = database.read { session in
            let before = try session.rows("SELECT title FROM songs").count
            signal.yield()
            written.wait()
            return [before, try session.rows("SELECT title FROM songs").count]
        }
        for await _ in began { break }
        // Let the reading end even if the write fails.
        defer { written.signal() }
        _ = try await database.write { try $0.execute("INSERT INTO songs (title) VALUES ('two')") }
        written.signal()
        #expect(try await counts == [1, 1])
        #expect(try await database.read { try $0.rows("SELECT title FROM songs").count } == 2)
    }

    @Test func `a reading cannot write`() async throws {
        let database = try SQLiteDatabase(path: path)
        await #expect(throws: DatabaseError.self) { try await database.read { try $0.rows("CREATE TABLE a (b TEXT)") } }
    }

    @Test func `every commit waits for the disk`() async throws {
        let settings = try await SQLiteDatabase(path: path).write { session in
            let synchronous = try session.row("PRAGMA synchronous")?.get("synchronous", as: Int.self)
            return [synchronous, try session.row("PRAGMA foreign_keys")?.get("foreign_keys", as: Int.self)]
        }
        #expect(settings == [2, 1])
    }

    @Test func `a file that is no database is refused, a folder that is missing is unavailable`() async throws {
        try Data(repeating: 0x41, count: 5000).write(to: URL(filePath: path))
        #expect(throws: DatabaseError.self) { try SQLiteDatabase(path: path) }
        let error = #expect(throws: DatabaseError.self) { try SQLiteDatabase(path: folder.path + "/no/such.sqlite") }
        guard case .unavailable = error else { return #expect(error == nil) }
    }
}

/// Asks one database and the other in turn, as if two processes had opened the file.
private actor AlternatingDatabase: Database {
    private let databases: [SQLiteDatabase]
    private var calls = 0

    init(_ databases: SQLiteDatabase...) {
        self.databases = databases
    }

    private var next: SQLiteDatabase {
        calls += 1
        return databases[calls % databases.count]
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await next.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await next.write(body)
    }
}
