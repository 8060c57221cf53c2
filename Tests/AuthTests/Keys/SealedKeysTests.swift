import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct SealedKeysTests {
    private let secret = Secret(Array("a secret of tests, and long enough".utf8))
    private let other = Secret(Array("another secret, also long enough".utf8))
    private let now = Timestamp(milliseconds: 1_700_000_000_000)

    private func database() async throws -> any Database {
        let database = try await FreshDatabase.make()
        try await database.migrate([AuthSchema.migrations], at: now)
        return database
    }

    private func keys(in database: any Database) async throws -> KeyRing {
        try await SealedKeys(database, openedBy: secret).loadOrCreate(at: now)
    }

    @Test func `the first server makes the keys, the others find them`() async throws {
        let database = try await database()
        let made = try await withThrowingTaskGroup(of: KeyRing.self) { group in
            for _ in 0..<8 { group.addTask { try await keys(in: database) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(made.count == 8 && made.allSatisfy { $0 == made[0] })
        #expect(try await keys(in: database) == made[0])
        #expect(KeyUse.allCases.allSatisfy { made[0][$0].older.isEmpty })
    }

    @Test func `another secret opens nothing, and changes nothing`() async throws {
        let database = try await database()
        let made = try await keys(in: database)
        await #expect(throws: SealedKeysError.wrongSecret) {
            try await SealedKeys(database, openedBy: other).loadOrCreate(at: now)
        }
        #expect(try await keys(in: database) == made)
    }

    @Test func `a short secret is refused`() async throws {
        let database = try await database()
        await #expect(throws: SealedKeysError.secretTooShort) {
            try await SealedKeys(database, openedBy: Secret(Array("short".utf8))).loadOrCreate(at: now)
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
        for secret in KeyUse.allCases.map({ made[$0].newest.key.secret }) {
            let text = Array(Base64URL.encode(secret.bytes).utf8)
            #expect(!box.indices.contains { box[$0...].starts(with: text) || box[$0...].starts(with: secret.bytes) })
        }
    }

    @Test func `what is not there is said so, and not made by looking`() async throws {
        let database = try await database()
        await #expect(throws: SealedKeysError.missing) { try await SealedKeys(database, openedBy: secret).load() }
        await #expect(throws: SealedKeysError.missing) {
            try await SealedKeys(database, openedBy: secret).rotate(.link, at: now)
        }
    }

    @Test func `of many who rotate at once none undoes what another did`() async throws {
        let database = try await database()
        let store = SealedKeys(database, openedBy: secret)
        let first = try await store.loadOrCreate(at: now)
        let made = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<12 {
                group.addTask { [now] in try await store.rotate(.signing, at: now)[.signing].newest.id }
            }
            return try await group.reduce(into: [first[.signing].newest.id]) { $0.append($1) }
        }
        #expect(Set(try await store.load()[.signing].all.map(\.id)) == Set(made))
    }

    @Test func `keys sealed anew are the same, and only the new secret opens them`() async throws {
        let database = try await database()
        let made = try await keys(in: database)
        try await SealedKeys.reseal(in: database, from: secret, to: other)
        #expect(try await SealedKeys(database, openedBy: other).load() == made)
        await #expect(throws: SealedKeysError.wrongSecret) { try await keys(in: database) }
        await #expect(throws: SealedKeysError.wrongSecret) {
            try await SealedKeys.reseal(in: database, from: secret, to: .random())
        }
        await #expect(throws: SealedKeysError.secretTooShort) {
            try await SealedKeys.reseal(in: database, from: other, to: .random(count: 31))
        }
        await #expect(throws: SealedKeysError.sameSecret) {
            try await SealedKeys.reseal(in: database, from: other, to: other)
        }
        #expect(try await SealedKeys(database, openedBy: other).load() == made)
    }

    @Test func `keys rotated while they are sealed anew are sealed by the new secret, or not rotated`() async throws {
        for _ in 0..<10 {
            let database = try await database()
            let made = try await keys(in: database)
            async let rotated: KeyRing? = try? SealedKeys(database, openedBy: secret).rotate(.link, at: now)
            try await SealedKeys.reseal(in: database, from: secret, to: other)
            let ring = await rotated ?? made
            #expect(try await SealedKeys(database, openedBy: other).load() == ring)
        }
    }

    private func refuses(salt: [UInt8], box: [UInt8], in database: any Database) async throws {
        _ = try await database.write { try $0.execute("UPDATE sealed_keys SET salt = \(salt), box = \(box)") }
        await #expect(throws: SealedKeysError.wrongSecret) { try await keys(in: database) }
    }
}
