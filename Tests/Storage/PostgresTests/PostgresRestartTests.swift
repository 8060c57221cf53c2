import Foundation
import Storage
import StoragePostgres
import StorageTestKit
import Synchronization
import Testing

@Suite(.needsPostgres, .timeLimit(.minutes(Rounds.minutes))) struct PostgresRestartTests {
    private static let restarts = Rounds.count(3)

    @Test func `a server that crashes again and again loses nothing that was acknowledged`() async throws {
        let server = try await OwnServer.start()
        do {
            try await crash(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func crash(_ server: OwnServer) async throws {
        let writers = 8
        var settings = PostgresSettings()
        (settings.connections, settings.reconnectWait) = (writers, .seconds(60))
        settings.conflictWait = .seconds(600)
        let database = try PostgresDatabase(url: server.url, name: "ring", settings: settings)
        let ring = Ring(database, accounts: 16)
        try await ring.prepare()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers { group.addTask { try await ring.move(from: writer) } }
            for _ in 0..<Self.restarts {
                await ring.waitForMore(50)
                try await server.restart()
            }
            await ring.waitForMore(50)
            ring.end()
            try await group.waitForAll()
        }
        let kept = try await ring.kept()
        let lost = ring.acknowledged.subtracting(kept)
        Rounds.report(
            "\(Self.restarts) restarts: \(ring.acknowledged.count) acknowledged, \(lost.count) lost, \(ring.unknown) unknown"
        )
        #expect(lost.isEmpty)
        #expect(kept.count <= ring.acknowledged.count + ring.unknown)
        #expect(try await ring.sum() == 1600)
        // The server ends its part of a connection a moment after the other.
        while try await connections(to: database) != database.openConnections {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(database.openConnections <= writers)
    }

    private func connections(to database: PostgresDatabase) async throws -> Int? {
        try await database.read { session in
            try session.row("SELECT COUNT(*) AS count FROM pg_stat_activity WHERE application_name = 'ring'")?.get(
                "count")
        }
    }
}

/// Accounts that pass on money in a circle, and a line for each passing.
private final class Ring: Sendable {
    private struct State {
        var acknowledged: Set<String> = []
        var unknown = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private let (counts, counted) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
    private let database: PostgresDatabase
    private let accounts: Int

    init(_ database: PostgresDatabase, accounts: Int) {
        (self.database, self.accounts) = (database, accounts)
    }

    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }
    /// How many commits ended without an answer.
    var unknown: Int { state.withLock { $0.unknown } }

    /// Until so many changes more are acknowledged.
    func waitForMore(_ count: Int) async {
        let goal = state.withLock { $0.acknowledged.count } + count
        for await reached in counts where reached >= goal { return }
    }

    func end() { state.withLock { $0.isOver = true } }

    func prepare() async throws {
        try await database.write { [accounts] session in
            try session.execute("CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)")
            try session.execute("CREATE TABLE lines (id TEXT PRIMARY KEY)")
            for id in 0..<accounts { try session.execute("INSERT INTO accounts VALUES (\(id), 100)") }
        }
    }

    func move(from start: Int) async throws {
        var account = start
        while !state.withLock({ $0.isOver }) {
            let (id, from, to) = (Identifier<Ring>.random().text, account % accounts, (account + 1) % accounts)
            account += 1
            do {
                try await database.write { session in
                    try session.execute("UPDATE accounts SET balance = balance - 1 WHERE id = \(from)")
                    try session.execute("UPDATE accounts SET balance = balance + 1 WHERE id = \(to)")
                    try session.execute("INSERT INTO lines VALUES (\(id))")
                }
                counted.yield(
                    state.withLock { state in
                        state.acknowledged.insert(id)
                        return state.acknowledged.count
                    })
            } catch DatabaseError.unavailable {
                state.withLock { $0.unknown += 1 }
            }
        }
    }

    func kept() async throws -> Set<String> {
        try await database.read { session in
            Set(try session.rows("SELECT id FROM lines").map { try $0.get("id", as: String.self) })
        }
    }

    func sum() async throws -> Int? {
        try await database.read { try $0.row("SELECT SUM(balance) AS sum FROM accounts")?.get("sum") }
    }
}

/// A server that a test may end, started by the script that starts those for all tests.
private struct OwnServer {
    let url: String
    private let folder: String

    static func start() async throws -> OwnServer {
        let folder = FileManager.default.temporaryDirectory.path + "/waxwing-postgres-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let output = try await run("start", folder)
        let url = try #require(output.split(separator: "TEST_POSTGRES_URL=").last)
        return OwnServer(url: url.trimmingCharacters(in: .whitespacesAndNewlines), folder: folder)
    }

    /// At once, as if it had crashed; returns when it is back.
    func restart() async throws {
        _ = try await Self.run("restart", folder)
    }

    func stop() async {
        _ = try? await Self.run("stop", folder)
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func run(_ action: String, _ folder: String) async throws -> String {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Scripts/postgres-server.sh").standardizedFileURL.path
        return try await blocking { () throws(OwnServerFailure) -> String in
            let (process, output) = (Process(), folder + "/output")
            (process.executableURL, process.arguments) = (URL(filePath: script), [action, folder])
            // A file, not a pipe: the server inherits it and would keep a pipe open.
            _ = FileManager.default.createFile(atPath: output, contents: nil)
            process.standardOutput = FileHandle(forWritingAtPath: output)
            do {
                try process.start()
                process.waitUntilExit()
                guard process.terminationStatus == 0 else { throw OwnServerFailure() }
                return try String(contentsOfFile: output, encoding: .utf8)
            } catch {
                throw OwnServerFailure()
            }
        }
    }
}

private struct OwnServerFailure: Error {}
