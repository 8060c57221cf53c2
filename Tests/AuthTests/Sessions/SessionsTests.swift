import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct SessionsTests {
    @Test func `upkeep forgets sessions that are over and keeps the others`() async throws {
        let house = try await House()
        let first = try await house.start()
        house.clock.advance(by: .seconds(60))
        let later = try await house.another(for: first.user)
        house.clock.advance(by: Sessions.standardLife - .seconds(60))
        #expect(try await house.sessions.removeExpired() == 1)
        #expect(try await house.sessions.removeExpired() == 0)
        #expect(try await house.sessions.list(of: first.user).map(\.id) == [later.id])
    }

    @Test func `a life can be chosen`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let short = Sessions(house.database, clock: house.clock, life: .seconds(60))
        let session = try await house.database.write { try short.start(for: ada.id, in: $0) }
        #expect(session.expiresAt - session.createdAt == .seconds(60))
        #expect(session.isLive(at: house.clock.now() + .milliseconds(59_999)))
        #expect(!session.isLive(at: house.clock.now() + .seconds(60)))
    }

    @Test func `nobody gets a session without being a user`() async throws {
        let house = try await House()
        await #expect(throws: DatabaseError.self) {
            try await house.database.write { try house.sessions.start(for: .random(), in: $0) }
        }
    }
}
