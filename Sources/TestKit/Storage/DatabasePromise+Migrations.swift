import Storage
import Testing

extension DatabasePromise {
    static let migrations = [
        DatabasePromise("each step of the schema is taken once, however often and by whomever") { database in
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { try await database.migrate([songs(steps: 2), kits], at: .start) }
                }
                try await group.waitForAll()
            }
            try await database.migrate([songs(steps: 3), kits], at: .start + .seconds(60))
            let ledger = try await database.read { session in
                try session.rows("SELECT module, number, applied_at FROM schema_migrations ORDER BY module, number").map
                {
                    let (module, number) = (try $0.get("module", as: String.self), try $0.get("number", as: Int.self))
                    return "\(module) \(number) \(try $0.get("applied_at", as: Timestamp.self) - .start)"
                }
            }
            #expect(ledger.map { $0.prefix(7) } == ["kits 1 ", "songs 1", "songs 2", "songs 3"])
            #expect(ledger.map { $0.hasSuffix(" 0.0 seconds") } == [true, true, true, false])
            #expect(try await database.titles() == ["one", "two", "three"])
        },
        DatabasePromise("a schema of a newer program is refused before anything is changed") { database in
            try await database.migrate([songs(steps: 3)], at: .start)
            await #expect(throws: DatabaseError.newerSchema(module: "songs", found: 3, known: 1)) {
                try await database.migrate([kits, songs(steps: 1)], at: .start)
            }
            await #expect(throws: DatabaseError.self) { try await database.read { try $0.rows("SELECT * FROM kits") } }
            #expect(try await database.titles() == ["one", "two", "three"])
        },
        DatabasePromise("a step that fails leaves nothing of itself, and the next run goes on there") { database in
            let broken = MigrationSet(
                module: "songs",
                songs(steps: 1).migrations + [
                    Migration(
                        2, "half", ["INSERT INTO songs (title) VALUES ('half')", "INSERT INTO nowhere VALUES (1)"])
                ])
            await #expect(throws: DatabaseError.self) { try await database.migrate([broken], at: .start) }
            #expect(try await database.titles() == ["one"])
            try await database.migrate([songs(steps: 3)], at: .start)
            #expect(try await database.titles() == ["one", "two", "three"])
        },
    ]
}

private let kits = MigrationSet(module: "kits", [Migration(1, "kits", ["CREATE TABLE kits (name TEXT)"])])

private func songs(steps: Int) -> MigrationSet {
    let all = [
        Migration(1, "songs", ["CREATE TABLE songs (title TEXT)", "INSERT INTO songs (title) VALUES ('one')"]),
        Migration(2, "second", ["INSERT INTO songs (title) VALUES ('two')"]),
        Migration(3, "third", ["INSERT INTO songs (title) VALUES ('three')"]),
    ]
    return MigrationSet(module: "songs", Array(all.prefix(steps)))
}

extension Timestamp {
    fileprivate static let start = Timestamp(milliseconds: 1_767_225_600_000)
}

extension Database {
    fileprivate func titles() async throws -> [String] {
        let order = ["one", "half", "two", "three"]
        let titles = try await read {
            try $0.rows("SELECT title FROM songs").map { try $0.get("title", as: String.self) }
        }
        return titles.sorted { (order.firstIndex(of: $0) ?? 9) < (order.firstIndex(of: $1) ?? 9) }
    }
}
