import Foundation
import FreshDatabases
import Storage
import StoragePostgres
import StorageTestKit
import Testing

/// Processes that are killed while they write: the server keeps what they were told is kept, and nothing of them stays.
@Suite(.serialized, .needsPostgres, .timeLimit(.minutes(Rounds.minutes))) struct PostgresKillTests {
    @Test func `a killed process loses no row that it was told is kept, and no connection stays`() async throws {
        let (schema, rounds) = (try await FreshDatabase.schema(), Rounds.count(3))
        let (url, name) = (schema.url, "killed-\(schema.name.suffix(20))")
        let notes = FileManager.default.temporaryDirectory.path + "/\(name)"
        defer { try? FileManager.default.removeItem(atPath: notes) }
        let database = try schema.database()
        try await database.write { session in
            try session.execute("CREATE TABLE takes (id TEXT PRIMARY KEY)")
            try session.execute("CREATE TABLE lines (id TEXT PRIMARY KEY)")
        }
        for round in 0..<rounds {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [url = url as String, name = name as String, notes = notes as String, round = round as Int] in
                let database = try PostgresDatabase(url: url, name: name, settings: .patient)
                let kept = try Acknowledgements(path: notes, killedWithin: .milliseconds(60))
                try await withThrowingTaskGroup { group in
                    for writer in 0..<4 {
                        group.addTask {
                            for number in 0... {
                                let id = "\(round)-\(writer)-\(number)"
                                try await database.write { session in
                                    try session.execute("INSERT INTO takes (id) VALUES (\(id))")
                                    try session.execute("INSERT INTO lines (id) VALUES (\(id))")
                                }
                                try kept.add(id)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
        // Ends when the server has noticed that its clients are gone.
        try await until { try await database.connections(of: name) == 0 }
        let (takes, lines) = try await database.read { session in
            func ids(_ sql: SQL) throws -> Set<String> { Set(try session.rows(sql).map { try $0.get("id") }) }
            return (try ids("SELECT id FROM takes"), try ids("SELECT id FROM lines"))
        }
        let acknowledged = try Acknowledgements.lines(of: notes)
        Rounds.report("\(rounds) kills: \(acknowledged.count) rows acknowledged, \(takes.count) kept by the server")
        #expect(takes == lines, "a transaction is there in part")
        #expect(takes.isSuperset(of: acknowledged))
        #expect(acknowledged.count >= rounds)
    }
}

extension PostgresDatabase {
    fileprivate func connections(of name: String) async throws -> Int {
        try await read { session in
            try session.row("SELECT COUNT(*) AS count FROM pg_stat_activity WHERE application_name = \(name)")?
                .get("count") ?? 0
        }
    }
}
