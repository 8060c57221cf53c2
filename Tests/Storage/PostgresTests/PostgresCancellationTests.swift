import FreshDatabases
import Storage
import StoragePostgres
import Testing

@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresCancellationTests {
    @Test func `cancelling the task stops the running statement and undoes the transaction`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 1 }
        _ = try await database.write { try $0.execute("CREATE TABLE songs (title TEXT)") }
        let (began, signal) = AsyncStream.makeStream(of: Void.self)
        let sleeper = Task {
            try await database.write { session in
                try session.execute("INSERT INTO songs VALUES ('never')")
                signal.yield()
                _ = try session.rows("SELECT pg_sleep(600)")
            }
        }
        for await _ in began { break }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(try await database.read { try $0.rows("SELECT * FROM songs").count } == 0)
        #expect(database.openConnections == 1)
    }

    @Test func `a body that swallows the end of its statement does not get its transaction kept`() async throws {
        let database = try await FreshDatabase.postgres()
        _ = try await database.write { try $0.execute("CREATE TABLE songs (title TEXT)") }
        let (began, signal) = AsyncStream.makeStream(of: Void.self)
        let sleeper = Task {
            try await database.write { session in
                signal.yield()
                _ = try? session.rows("SELECT pg_sleep(600)")
                _ = try? session.execute("INSERT INTO songs VALUES ('never')")
            }
        }
        for await _ in began { break }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(try await database.read { try $0.rows("SELECT * FROM songs").count } == 0)
    }

    @Test func `a task that was cancelled before does nothing`() async throws {
        let database = try await FreshDatabase.postgres()
        let runs = Runs()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await database.write { _ in _ = runs.add() }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(runs.count == 0)
    }

    @Test func `a late cancellation never hits the connection's next user`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 1 }
        for round in 0..<100 {
            let first = Task { try await database.read { _ = try $0.row("SELECT \(round) AS round") } }
            async let second = database.read {
                try $0.row("SELECT pg_sleep(0.001), \(round) AS round")?.get("round", as: Int.self)
            }
            first.cancel()
            _ = await first.result
            #expect(try await second == round)
        }
    }
}
