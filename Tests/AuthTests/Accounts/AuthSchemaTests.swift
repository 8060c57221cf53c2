import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct AuthSchemaTests {
    @Test func `users from before there were roles are plain users, not verified and not disabled`() async throws {
        let (database, clock) = (try await FreshDatabase.make(), ManualClock())
        let all = AuthSchema.migrations
        let older = MigrationSet(module: all.module, Array(all.migrations.prefix(5)))
        try await database.migrate([older], at: clock.now())
        let id = AccountID.random()
        _ = try await database.write {
            try $0.execute("INSERT INTO users (id, email, created_at) VALUES (\(id), 'ada@example.com', 1)")
        }
        try await database.migrate([all], at: clock.now())
        let expected = User(
            id: id, email: try EmailAddress("ada@example.com"), name: nil, role: .user,
            createdAt: Timestamp(milliseconds: 1))
        #expect(try await Users(database).find(id) == expected)
    }
}
