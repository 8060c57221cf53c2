import FreshDatabases
import Jobs
import JobsTestKit
import Storage
import StoragePostgres
import StorageTestKit
import Testing

@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresContentionTests {
    @Test func `64 writers on one row all have their turn`() async throws {
        let schema = try await FreshDatabase.schema()
        let databases = try (0..<4).map { _ in try schema.database { $0.connections = 16 } }
        _ = try await databases[0].write { session in
            try session.execute("CREATE TABLE counters (name TEXT PRIMARY KEY, count BIGINT NOT NULL)")
            try session.execute("INSERT INTO counters VALUES ('plays', 0)")
        }
        try await withThrowingTaskGroup { group in
            for writer in 0..<64 {
                group.addTask {
                    for _ in 0..<4 {
                        try await databases[writer % 4].write { session in
                            let count: Int = try session.row("SELECT count FROM counters")?.get("count") ?? 0
                            try session.execute("UPDATE counters SET count = \(count + 1) WHERE name = 'plays'")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let count = try await databases[1].read { try $0.row("SELECT count FROM counters")?.get("count", as: Int.self) }
        #expect(count == 256)
    }

    @Test func `those who lock each other out are tried again`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 2 }
        try await database.write { session in
            try session.execute("CREATE TABLE counters (name TEXT PRIMARY KEY, count BIGINT NOT NULL)")
            try session.execute("INSERT INTO counters VALUES ('a', 0), ('b', 0)")
        }
        let runs = Runs()
        let (met, signal) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup { group in
            for names in [["a", "b"], ["b", "a"]] {
                group.addTask {
                    try await database.write { session in
                        let update: SQL = "UPDATE counters SET count = count + 1"
                        try session.execute("\(update) WHERE name = \(names[0])")
                        if runs.add() <= 2 {
                            // Both hold one row before either asks for the other.
                            signal.yield()
                            waiting { while runs.count < 2 { await Task.yield() } }
                        }
                        try session.execute("\(update) WHERE name = \(names[1])")
                    }
                }
            }
            for await _ in met { break }
            try await group.waitForAll()
        }
        #expect(runs.count >= 3)
        let counts = try await database.read { session in
            try session.rows("SELECT count FROM counters").map { try $0.get("count", as: Int.self) }
        }
        #expect(counts == [2, 2])
    }

    @Test func `eight programs that start at once bring the schema up to date once`() async throws {
        let schema = try await FreshDatabase.schema()
        let sets = [JobSchema.migrations, SQLKeyValueStore.migrations]
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    let database = try schema.database { $0.connections = 1 }
                    try await database.migrate(sets, at: Timestamp(milliseconds: 0))
                }
            }
            try await group.waitForAll()
        }
        let count = try await schema.database().read { try $0.rows("SELECT * FROM schema_migrations").count }
        #expect(count == sets.map(\.migrations.count).reduce(0, +))
    }

    @Test func `eight workers on as many pools take every job once`() async throws {
        let schema = try await FreshDatabase.schema()
        let jobs = 80
        let databases = try (0..<8).map { _ in try schema.database { $0.connections = 1 } }
        try await databases[0].migrate([JobSchema.migrations], at: Timestamp(milliseconds: 0))
        let bench = QueueBench(databases[0])
        for _ in 0..<jobs { try await bench.enqueue() }
        let taken = try await withThrowingTaskGroup(of: [JobID].self) { group in
            for (number, database) in databases.enumerated() {
                group.addTask {
                    var taken: [JobID] = []
                    let queue = JobQueue(database, clock: bench.clock)
                    while let job = try await queue.claim(from: ["default"], by: "worker \(number)") {
                        taken.append(job.id)
                        let done = JobEvent.succeeded(token: job.course.token)
                        _ = try await database.write { try queue.apply(done, to: job.id, in: $0) }
                    }
                    return taken
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.count == jobs)
        #expect(Set(taken).count == jobs)
    }
}

@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresJobQueueTests {
    @Test(arguments: JobQueuePromise.all)
    func `keeps every promise about jobs`(_ promise: JobQueuePromise) async throws {
        let database = try await FreshDatabase.postgres()
        try await database.migrate([JobSchema.migrations], at: Timestamp(milliseconds: 0))
        try await promise.check(database)
    }
}
