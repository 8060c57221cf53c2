import FreshDatabases
import Storage
import StoragePostgres
import Synchronization
import Testing

@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresPoolTests {
    @Test func `nothing is connected before the first call`() async throws {
        let database = try await FreshDatabase.schema().database()
        #expect(database.openConnections == 0)
        try await database.read { _ in }
        #expect(database.openConnections == 1)
    }

    @Test func `many share few connections, and all are served`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 3 }
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await database.read { try $0.row("SELECT \(number) AS number")?.get("number") ?? -1 }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(numbers == Set(0..<200))
        #expect(database.openConnections <= 3)
    }

    @Test func `who waits too long for a connection is told that the database is busy`() async throws {
        let database = try await FreshDatabase.postgres { ($0.connections, $0.connectionWait) = (1, .milliseconds(20)) }
        try await database.read { _ in
            waiting { await #expect(throws: DatabaseError.busy) { try await database.read { _ in } } }
        }
        try await database.read { _ in }
        #expect(database.openConnections == 1)
    }

    @Test func `those who wait are served in the order in which they came`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 1 }
        let order = Order()
        let places = 10
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await database.read { _ in
                    begin.yield()
                    waiting { for await _ in ended {} }
                }
            }
            for await _ in began { break }
            for place in 0..<places {
                group.addTask { try await database.read { _ in order.add(place) } }
                try await until { database.waitingCalls > place }
            }
            end.finish()
            try await group.waitForAll()
        }
        #expect(order.places == Array(0..<places))
    }

    @Test func `files are read and written while more transactions wait than there are threads for files`() async throws
    {
        let transactions = 80
        let database = try await FreshDatabase.postgres { $0.connections = transactions }
        let begun = Runs()
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let gate = Task { for await _ in ended {} }
        try await withThrowingTaskGroup { group in
            for _ in 0..<transactions {
                group.addTask {
                    try await database.read { _ in
                        begun.add()
                        waiting { await gate.value }
                    }
                }
            }
            try await until { begun.count == transactions }
            #expect(await blocking { 1 } == 1)
            end.finish()
            try await group.waitForAll()
        }
    }

    @Test func `who gives up waiting leaves the line`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 1 }
        try await database.read { _ in
            waiting {
                let waiter = Task { try await database.read { _ in } }
                try? await until { database.waitingCalls > 0 }
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
                #expect(database.waitingCalls == 0)
            }
        }
        try await database.read { _ in }
    }

    @Test func `an idle connection that the server has ended is replaced unnoticed`() async throws {
        let schema = try await FreshDatabase.schema()
        let (database, other) = (try schema.database { $0.connections = 1 }, try schema.database())
        for _ in 0..<5 {
            let backend = try await database.read { try $0.row("SELECT pg_backend_pid() AS pid")?.get("pid") ?? 0 }
            _ = try await other.read { try $0.rows("SELECT pg_terminate_backend(\(backend)::integer, 5000)") }
            let next = try await database.write { try $0.row("SELECT pg_backend_pid() AS pid")?.get("pid") ?? 0 }
            #expect(next != backend)
        }
        #expect(database.openConnections == 1)
    }

    @Test func `a transaction whose connection is lost before its commit is run again`() async throws {
        let schema = try await FreshDatabase.schema()
        let (database, other) = (try schema.database(), try schema.database())
        _ = try await database.write { try $0.execute("CREATE TABLE songs (title TEXT)") }
        let runs = Runs()
        try await database.write { session in
            let backend = try session.row("SELECT pg_backend_pid() AS pid")?.get("pid") ?? 0
            try session.execute("INSERT INTO songs VALUES ('once')")
            guard runs.add() == 1 else { return }
            waiting {
                _ = try? await other.read { try $0.rows("SELECT pg_terminate_backend(\(backend)::integer, 5000)") }
            }
            try session.execute("INSERT INTO songs VALUES ('never')")
        }
        #expect(runs.count == 2)
        #expect(try await database.read { try $0.rows("SELECT * FROM songs").count } == 1)
    }

    @Test func `a connection lost with the commit is told, and nothing is run again`() async throws {
        let schema = try await FreshDatabase.schema()
        let (database, other) = (try schema.database(), try schema.database())
        _ = try await database.write { try $0.execute("CREATE TABLE songs (title TEXT)") }
        let runs = Runs()
        let error = await #expect(throws: DatabaseError.self) {
            try await database.write { session in
                runs.add()
                let backend = try session.row("SELECT pg_backend_pid() AS pid")?.get("pid") ?? 0
                try session.execute("INSERT INTO songs VALUES ('lost')")
                waiting {
                    _ = try? await other.read { try $0.rows("SELECT pg_terminate_backend(\(backend)::integer, 5000)") }
                }
            }
        }
        guard case .unavailable(let reason) = error else { return #expect(error == nil) }
        #expect(reason.contains("commit"))
        #expect(runs.count == 1)
    }

    @Test func `connections idle for long are closed, old ones after their use`() async throws {
        let idle = try await FreshDatabase.postgres { $0.idleLife = .milliseconds(20) }
        try await idle.read { _ in }
        try await until { idle.openConnections == 0 }
        let old = try await FreshDatabase.postgres { $0.connectionLife = .zero }
        try await old.read { _ in }
        #expect(old.openConnections == 0)
    }

    @Test func `no connection outlives its database`() async throws {
        let schema = try await FreshDatabase.schema()
        let (watcher, name) = (try schema.database(), "waxwing-\(schema.name)")
        func count() async throws -> Int {
            try await watcher.read { session in
                try session.row("SELECT COUNT(*) AS count FROM pg_stat_activity WHERE application_name = \(name)")?
                    .get("count") ?? -1
            }
        }
        do {
            let database = try schema.database(name: name)
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { _ = try await database.read { try $0.rows("SELECT pg_sleep(0.01)") } }
                }
                try await group.waitForAll()
            }
            #expect(try await count() == database.openConnections)
        }
        try await until { try await count() == 0 }
    }
}

private final class Order: Sendable {
    private let added = Mutex<[Int]>([])

    var places: [Int] { added.withLock { $0 } }

    func add(_ place: Int) {
        added.withLock { $0.append(place) }
    }
}
