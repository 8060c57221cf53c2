import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct SealedKeysTests {
    private let secret = Secret(Array("a secret of tests, and long enough".utf8))
    private let now = Timestamp(milliseconds: 1_700_000_000_000)

    private func database() async throws -> any Database {
        let database = try await FreshDatabase.make()
        try await database.migrate([AuthSchema.migrations], at: now)
        return database
    }

    private func keys(in database: any Database) async throws -> KeyRing {
        try await SealedKeys.loadOrCreate(in: database, openedBy: secret, at: now)
    }

    @Test func `the first server makes the keys, the others find them`() async throws {
        let database = try await database()
        let made = try await withThrowingTaskGroup(of: KeyRing.self) { group in
            for _ in 0..<8 { group.addTask { try await keys(in: database) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(made.count == 8 && made.allSatisfy { $0 == made[0] })
        #expect(try await keys(in: database) == made[0])
        #expect(made[0].signing.count == 1 && made[0].link.count == 1)
    }

    @Test func `another secret opens nothing, and changes nothing`() async throws {
        let database = try await database()
        let made = try await keys(in: database)
        await #expect(throws: SealedKeysError.wrongSecret) {
            try await SealedKeys.loadOrCreate(
                in: database, openedBy: Secret(Array("another secret, also long enough".utf8)), at: now)
        }
        #expect(try await keys(in: database) == made)
    }

    @Test func `a short secret is refused`() async throws {
        let database = try await database()
        await #expect(throws: SealedKeysError.secretTooShort) {
            try await SealedKeys.loadOrCreate(in: database, openedBy: Secret(Array("short".utf8)), at: now)
        }
    }

    @Test func `a stored row that was changed opens nothing`() async throws {
        let database = try await database()
        _ = try await keys(in: database)
        let row = try await database.read { session -> (salt: [UInt8], box: [UInt8]) in
            let row = try #require(try session.row("SELECT salt, box FROM sealed_keys"))
            return (try row.get("salt"), try row.get("box"))
        }
        for index in [0, row.salt.count - 1] {
            var salt = row.salt
            salt[index] ^= 1
            try await refuses(salt: salt, box: row.box, in: database)
        }
        for index in stride(from: 0, to: row.box.count, by: 25) {
            var box = row.box
            box[index] ^= 1
            try await refuses(salt: row.salt, box: box, in: database)
        }
        try await refuses(salt: row.salt, box: [], in: database)
    }

    @Test func `the keys cannot be read from the row`() async throws {
        let database = try await database()
        let made = try await keys(in: database)
        let box: [UInt8] = try await database.read { session in
            try #require(try session.row("SELECT box FROM sealed_keys")).get("box")
        }
        for secret in (made.signing + made.link).map(\.secret) {
            let text = Array(Base64URL.encode(secret.bytes).utf8)
            #expect(!box.indices.contains { box[$0...].starts(with: text) || box[$0...].starts(with: secret.bytes) })
        }
    }

    private func refuses(salt: [UInt8], box: [UInt8], in database: any Database) async throws {
        _ = try await database.write { try $0.execute("UPDATE sealed_keys SET salt = \(salt), box = \(box)") }
        await #expect(throws: SealedKeysError.wrongSecret) { try await keys(in: database) }
    }
}
