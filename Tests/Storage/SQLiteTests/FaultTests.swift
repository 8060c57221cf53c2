#if os(Linux) && canImport(Glibc)
import Foundation
import Glibc
import Storage
import StorageSQLite
import StorageTestKit
import Testing

/// A disk that fails at one call, and works again; or that fails from one call on, until it is mended. For every call there is.
@Suite(
    .serialized, .enabled(if: FaultySystem.compiler != nil, "install a C compiler to let system calls fail"),
    .timeLimit(.minutes(Rounds.minutes)))
struct FaultTests {
    private let folder: TemporaryFolder
    private var report: String { folder.path + "/report" }

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `whichever call of the store fails, it says so, leaves no half object, and goes on`() async throws {
        try await FaultySystem.preloaded(in: folder.path) {
            await #expect(processExitsWith: .success) { [report = report as String] in
                let tried = try await everyFault { number, lasts, code in
                    let folder = try TemporaryFolder()
                    defer { withExtendedLifetime(folder) {} }
                    return try await StoreUnderFault(folder.path).run(failing: number, lasting: lasts, with: code)
                }
                try "\(tried)".write(toFile: report, atomically: true, encoding: .utf8)
            }
        }
        let tried = try #require(Int(String(contentsOfFile: report, encoding: .utf8)))
        Rounds.report(
            "\(tried) failing calls of the local store: every error typed, no half object, the next call works")
        #expect(tried > 40)
    }

    @Test func `an object that the disk cannot give back is a damaged one, and the others are read`() async throws {
        try await FaultySystem.preloaded(in: folder.path) {
            await #expect(processExitsWith: .success) { [path = folder.path as String] in
                let store = try LocalObjectStore(folder: path + "/store")
                for key in ["a", "b", "c"] {
                    try await store.put(Array(repeating: 1, count: 400_000), at: ObjectKey(key))
                }
                // The end of the file, what is known about it, and its two chunks.
                for number in 1...4 {
                    _ = try await FaultySystem.failing(number...number, of: .reading, with: EIO, in: path + "/store") {
                        let report = try await Scrub(store).run()
                        #expect(report.damaged.map(\.text) == ["a"] && report.objects == 3, "call \(number)")
                    }
                }
                let calls = try await FaultySystem.failing(99...99, of: .reading, with: EIO, in: path + "/store") {
                    let report = try await Scrub(store).run()
                    #expect(report.damaged == [])
                }
                #expect(calls == 12)
            }
        }
    }

    @Test func `whichever call of SQLite fails, it says so, keeps no half transaction, and goes on`() async throws {
        try await FaultySystem.preloaded(in: folder.path) {
            await #expect(processExitsWith: .success) { [report = report as String] in
                let tried = try await everyFault { number, lasts, code in
                    let folder = try TemporaryFolder()
                    defer { withExtendedLifetime(folder) {} }
                    return try await DatabaseUnderFault(folder.path).run(failing: number, lasting: lasts, with: code)
                }
                try "\(tried)".write(toFile: report, atomically: true, encoding: .utf8)
            }
        }
        let tried = try #require(Int(String(contentsOfFile: report, encoding: .utf8)))
        Rounds.report("\(tried) failing calls of SQLite: every error typed, no half transaction, the next call works")
        #expect(tried > 40)
    }
}

/// A full disk for one call and a broken one from then on, for each call that `run` says there is; the other two, too, when
/// more rounds are asked for.
private func everyFault(
    _ run: (_ number: Int, _ lasts: Bool, _ code: Int32) async throws -> Int
) async throws -> Int {
    var tried = 0
    let faults = [(ENOSPC, false), (EIO, true), (EIO, false), (ENOSPC, true)].prefix(Rounds.count(2))
    for (code, lasts) in faults {
        for number in 1... {
            guard number <= (try await run(number, lasts, code)) else { break }
            tried += 1
        }
    }
    return tried
}

/// A few changes of a store, and what may be there after them.
private final class StoreUnderFault {
    private let folder: String
    /// By key; nil for nothing. Several where a change failed: it may have been made, or not.
    private var possible: [String: Set<[UInt8]?>] = [:]
    private var failures = 0

    init(_ folder: String) {
        self.folder = folder + "/store"
    }

    /// - Returns: how many calls there were.
    func run(failing number: Int, lasting: Bool, with code: Int32) async throws -> Int {
        let store = try LocalObjectStore(folder: folder)
        try await put("takes/1", [1], in: store)
        let calls = try await FaultySystem.failing(number...(lasting ? .max : number), with: code, in: folder) {
            for step in [
                { try await self.put("takes/1", Array(repeating: 2, count: 90_000), in: store) },
                { try await self.put("new/and/deep/2", [3], in: store) },
                { try await self.put("takes/3", [4], if: .absent, in: store) },
                { try await self.copy("takes/1", to: "takes/4", in: store) },
                { try await self.delete("takes/1", in: store) },
            ] {
                do {
                    try await step()
                } catch let error as ObjectStoreError {
                    failures += 1
                    switch error {
                    case .full: #expect(code == ENOSPC)
                    case .unavailable: #expect(code == EIO)
                    default: Issue.record("\(error) for a disk that failed")
                    }
                }
            }
        }
        if !lasting { #expect(failures == (number <= calls ? 1 : 0), "call \(number)") }
        try await check(store)
        try await check(LocalObjectStore(folder: folder))
        return calls
    }

    private func put(
        _ key: String, _ bytes: [UInt8], if condition: WriteCondition = .always, in store: LocalObjectStore
    ) async throws {
        let before = possible[key] ?? [nil]
        possible[key] = before.union([bytes])
        _ = try await store.put(ByteStream(bytes), at: ObjectKey(key), ObjectAttributes(), if: condition)
        possible[key] = [bytes]
    }

    private func copy(_ source: String, to target: String, in store: LocalObjectStore) async throws {
        possible[target] = (possible[source] ?? [nil]).union([nil])
        _ = try await store.copy(ObjectKey(source), to: ObjectKey(target), if: .always)
        possible[target] = possible[source]
    }

    private func delete(_ key: String, in store: LocalObjectStore) async throws {
        possible[key, default: [nil]].insert(nil)
        try await store.delete(ObjectKey(key))
        possible[key] = [nil]
    }

    private func check(_ store: LocalObjectStore) async throws {
        var there: Set<String> = []
        for (key, contents) in possible {
            do {
                let bytes = try await store.get(ObjectKey(key)).stream.collected()
                #expect(contents.contains(bytes))
                there.insert(key)
            } catch ObjectStoreError.notFound {
                #expect(contents.contains(nil), "\(key) is gone")
            }
        }
        #expect(Set(try await store.list(prefix: "", after: nil, limit: 100).objects.map(\.key.text)) == there)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/tmp").isEmpty)
        for key in possible.keys { try await put(key, [9], in: store) }
    }
}

/// A few transactions, each of two rows, and what may be there after them.
private final class DatabaseUnderFault {
    private let folder: String
    private var path: String { folder + "/rows.sqlite" }
    private var database: SQLiteDatabase?
    private var (acknowledged, failures) = (Set<Int>(), 0)

    init(_ folder: String) {
        self.folder = folder
    }

    /// - Returns: how many calls there were.
    func run(failing number: Int, lasting: Bool, with code: Int32) async throws -> Int {
        let calls = try await FaultySystem.failing(number...(lasting ? .max : number), with: code, in: folder) {
            for step in 0..<5 {
                do {
                    try await write(step)
                    acknowledged.insert(step)
                } catch Storage.DatabaseError.unavailable {
                    failures += 1
                }
            }
        }
        // A call may fail that nobody waits for, as at the end of the log.
        if !lasting { #expect(failures <= 1, "call \(number)") }
        try await write(100)
        acknowledged.insert(100)
        try await check()
        database = nil
        try await check()
        return calls
    }

    private func write(_ id: Int) async throws {
        try await opened().write { session in
            try session.execute("CREATE TABLE IF NOT EXISTS takes (id BIGINT PRIMARY KEY, bytes BLOB NOT NULL)")
            try session.execute("CREATE TABLE IF NOT EXISTS lines (id BIGINT PRIMARY KEY)")
            try session.execute(
                "INSERT INTO takes (id, bytes) VALUES (\(id), \(Array(repeating: UInt8(id), count: 9_000)))")
            try session.execute("INSERT INTO lines (id) VALUES (\(id))")
        }
    }

    private func opened() throws -> SQLiteDatabase {
        if let database { return database }
        let opened = try SQLiteDatabase(path: path)
        database = opened
        return opened
    }

    private func check() async throws {
        let (takes, lines, integrity) = try await opened().read { session in
            func ids(_ sql: SQL) throws -> Set<Int> { Set(try session.rows(sql).map { try $0.get("id") }) }
            return (
                try ids("SELECT id FROM takes"), try ids("SELECT id FROM lines"),
                try session.row("PRAGMA integrity_check")?.get("integrity_check", as: String.self)
            )
        }
        #expect(takes == lines && takes.isSuperset(of: acknowledged))
        #expect(integrity == "ok")
    }
}
#endif
