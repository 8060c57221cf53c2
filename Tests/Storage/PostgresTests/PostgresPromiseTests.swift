import FreshDatabases
import Storage
import StoragePostgres
import StorageTestKit
import Testing

@Suite(.needsPostgres, .timeLimit(.minutes(30)))
struct PostgresPromiseTests {
    @Test(arguments: DatabasePromise.all)
    func `keeps every promise`(_ promise: DatabasePromise) async throws {
        try await promise.check(FreshDatabase.postgres())
    }

    @Test(arguments: DatabasePromise.all)
    func `keeps every promise with two pools on one server`(_ promise: DatabasePromise) async throws {
        let schema = try await FreshDatabase.schema()
        try await promise.check(AlternatingDatabase(try schema.database(), try schema.database()))
    }

    @Test(arguments: DatabasePromise.all)
    func `keeps every promise with a single connection`(_ promise: DatabasePromise) async throws {
        try await promise.check(FreshDatabase.postgres { $0.connections = 1 })
    }

    @Test func `keeps a ring whole that 16 connections rotate`() async throws {
        try await DatabasePromise.ring.check(FreshDatabase.postgres { $0.connections = 16 })
    }

    @Test(arguments: DatabasePromise.all)
    func `keeps every promise without prepared statements`(_ promise: DatabasePromise) async throws {
        try await promise.check(FreshDatabase.postgres { $0.preparedStatements = 0 })
    }

    @Test(arguments: UploadSessionPromise.all)
    func `uploads keep every promise`(_ promise: UploadSessionPromise) async throws {
        let server = try LinkServer(over: MemoryObjectStore())
        try await promise.check(
            .init(database: FreshDatabase.postgres(), store: server.store, send: server.send))
    }

    @Test(arguments: EventLogPromise.all)
    func `keeps every promise about events`(_ promise: EventLogPromise) async throws {
        try await promise.check(FreshDatabase.postgres())
    }

    @Test(arguments: EventFeedPromise.all)
    func `keeps every promise to readers that wait in another process`(_ promise: EventFeedPromise) async throws {
        let schema = try await FreshDatabase.schema()
        let sides = try (0..<2).map { _ in
            EventFeedPromise.Side(
                try schema.database(),
                EventLog(signals: try PostgresNotifications(url: schema.url), pause: .seconds(3_600)))
        }
        try await promise.check(sides[0], sides[1])
    }

    @Test(arguments: KeyValueStorePromise.all)
    func `keeps every promise about keys and values, with two pools on one server`(
        _ promise: KeyValueStorePromise
    ) async throws {
        let clock = ManualClock()
        let schema = try await FreshDatabase.schema()
        let database = AlternatingDatabase(try schema.database(), try schema.database())
        try await database.migrate([SQLKeyValueStore.migrations], at: clock.now())
        try await promise.check(SQLKeyValueStore(database, clock: clock), clock)
    }

    @Test(arguments: KeyValueOutagePromise.all)
    func `nobody suffers from keys and values on a server that is away`(_ promise: KeyValueOutagePromise) async throws {
        var settings = PostgresSettings()
        settings.reconnectWait = .zero
        // Port 1: nobody listens there.
        let database = try PostgresDatabase(url: "postgres://waxwing@127.0.0.1:1/postgres", settings: settings)
        try await promise.check(SQLKeyValueStore(database))
    }
}

/// Asks one database and the other in turn, as if two processes were at work.
private actor AlternatingDatabase: Database {
    private let databases: [PostgresDatabase]
    private var calls = 0

    init(_ databases: PostgresDatabase...) {
        self.databases = databases
    }

    private var next: PostgresDatabase {
        calls += 1
        return databases[calls % databases.count]
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await next.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await next.write(body)
    }

    func write<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await next.write(isolation, body)
    }
}
