import Foundation
import Storage
import StorageSQLite
import StorageTestKit
import Testing

/// Processes that are killed while they write. What they were told is kept must be there for the next process.
@Suite(.serialized, .timeLimit(.minutes(Rounds.minutes))) struct KillTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `a killed process loses no row that it was told is kept`() async throws {
        let (path, notes, rounds) = (folder.path + "/rows.sqlite", folder.path + "/acknowledged", Rounds.count(4))
        try await SQLiteDatabase(path: path).write { session in
            try session.execute("CREATE TABLE takes (id TEXT PRIMARY KEY, note TEXT NOT NULL)")
            try session.execute("CREATE TABLE lines (id TEXT PRIMARY KEY)")
        }
        for round in 0..<rounds {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, notes = notes as String, round = round as Int] in
                let database = try SQLiteDatabase(path: path)
                let kept = try Acknowledgements(path: notes, killedWithin: .milliseconds(60))
                try await fourWriters { writer, number in
                    let id = "\(round)-\(writer)-\(number)"
                    try await database.write { session in
                        let note = String(repeating: "n", count: number * 997 % 20_000)
                        try session.execute("INSERT INTO takes (id, note) VALUES (\(id), \(note))")
                        try session.execute("INSERT INTO lines (id) VALUES (\(id))")
                    }
                    try kept.add(id)
                }
            }
        }
        let database = try SQLiteDatabase(path: path)
        let (takes, lines, integrity) = try await database.read { session in
            func ids(_ sql: SQL) throws -> Set<String> { Set(try session.rows(sql).map { try $0.get("id") }) }
            return (
                try ids("SELECT id FROM takes"), try ids("SELECT id FROM lines"),
                try session.row("PRAGMA integrity_check")?.get("integrity_check", as: String.self)
            )
        }
        let acknowledged = try Acknowledgements.lines(of: notes)
        Rounds.report("\(rounds) kills: \(acknowledged.count) rows acknowledged, \(takes.count) kept")
        #expect(takes == lines, "a transaction is there in part")
        #expect(takes.isSuperset(of: acknowledged))
        #expect(acknowledged.count >= rounds)
        #expect(integrity == "ok")
    }

    @Test func `a killed process loses no object that it was told is kept, and leaves no half one`() async throws {
        let (path, notes, rounds) = (folder.path + "/objects", folder.path + "/acknowledged", Rounds.count(4))
        for round in 0..<rounds {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, notes = notes as String, round = round as Int] in
                let store = try LocalObjectStore(folder: path)
                let kept = try Acknowledgements(path: notes, killedWithin: .milliseconds(60))
                try await fourWriters { writer, number in
                    let id = "\(round)/\(writer)/\(number)"
                    _ = try await store.put(body(of: id), at: ObjectKey(id))
                    try kept.add(id)
                    _ = try await store.put(body(of: id), at: ObjectKey("latest"))
                }
            }
        }
        // Opening it removes what the dead left behind.
        let store = try LocalObjectStore(folder: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/tmp").isEmpty)
        let acknowledged = try Acknowledgements.lines(of: notes)
        var (present, last) = (Set<String>(), ObjectKey?.none)
        repeat {
            let page = try await store.list(prefix: "", after: last, limit: 1_000)
            for object in page.objects {
                let bytes = try await store.get(object.key).stream.collected()
                let id = String(decoding: bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
                #expect(bytes == body(of: id))
                if object.key.text != "latest" { #expect(id == object.key.text) }
                present.insert(object.key.text)
            }
            last = page.next
        } while last != nil
        Rounds.report("\(rounds) kills: \(acknowledged.count) objects acknowledged, \(present.count - 1) kept whole")
        #expect(present.isSuperset(of: acknowledged))
        #expect(acknowledged.count >= rounds)
    }
}

/// Until the process is killed.
private func fourWriters(_ write: @escaping @Sendable (_ writer: Int, _ number: Int) async throws -> Void) async throws
{
    try await withThrowingTaskGroup { group in
        for writer in 0..<4 {
            group.addTask {
                for number in 0... { try await write(writer, number) }
            }
        }
        try await group.waitForAll()
    }
}

/// Bytes that say whose they are from the beginning to the end.
private func body(of id: String) -> [UInt8] {
    let word = Array("\(id) ".utf8)
    let count = 1 + id.utf8.reduce(7) { ($0 * 31 + Int($1)) % 20_000 }
    return Array(repeating: word, count: count).flatMap { $0 }
}
