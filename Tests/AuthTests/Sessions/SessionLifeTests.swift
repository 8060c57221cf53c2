import Storage
import StorageTestKit
import Testing

@testable import Auth

/// When sessions end by themselves, and how uses are recorded.
@Suite struct SessionLifeTests {
    private let day = Duration.seconds(24 * 60 * 60)

    private func sessions(of house: House, idle: Duration) -> Sessions {
        Sessions(house.database, clock: house.clock, idleLife: idle)
    }

    @Test func `a session not used for its idle life ends`() async throws {
        let house = try await House()
        let sessions = sessions(of: house, idle: day)
        let session = try await house.start(sessions: sessions)
        let cookie = try #require(try await house.cookie(of: session))
        house.clock.advance(by: day - .milliseconds(1))
        #expect(try await house.authenticate(cookie, sessions: sessions) != nil)
        house.clock.advance(by: day)
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(cookie, sessions: sessions) }
        await #expect(throws: AuthError.sessionEnded, "asking does not wake it") {
            try await house.authenticate(cookie, sessions: sessions)
        }
        #expect(try await sessions.list(of: session.user).isEmpty)
    }

    @Test func `a session in use ends after 7 days all the same`() async throws {
        let house = try await House()
        let sessions = sessions(of: house, idle: day)
        let session = try await house.start(sessions: sessions)
        let cookie = try #require(try await house.cookie(of: session))
        for _ in 0..<(7 * 24 - 1) {
            house.clock.advance(by: .seconds(3600))
            #expect(try await house.authenticate(cookie, sessions: sessions) != nil)
        }
        house.clock.advance(by: .milliseconds(3_599_999))
        #expect(try await house.authenticate(cookie, sessions: sessions) != nil)
        house.clock.advance(by: .milliseconds(1))
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(cookie, sessions: sessions) }
    }

    @Test func `without an idle life of its own only the absolute end counts`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        house.clock.advance(by: Sessions.standardLife - .milliseconds(1))
        #expect(try await house.authenticate(cookie) != nil)
    }

    @Test func `a shorter idle life holds for the sessions that are there`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        house.clock.advance(by: day)
        await #expect(throws: AuthError.sessionEnded) {
            try await house.authenticate(cookie, sessions: sessions(of: house, idle: day))
        }
    }

    @Test func `a use is recorded at most once a minute`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        house.clock.advance(by: .milliseconds(59_999))
        _ = try await house.authenticate(cookie)
        #expect(try await house.usedAt(session) == session.createdAt)
        house.clock.advance(by: .milliseconds(1))
        _ = try await house.authenticate(cookie)
        #expect(try await house.usedAt(session) == house.clock.now())
        let recorded = house.clock.now()
        house.clock.advance(by: .seconds(30))
        _ = try await house.authenticate(cookie)
        #expect(try await house.usedAt(session) == recorded)
    }

    @Test func `a bearer token's use counts too`() async throws {
        let house = try await House()
        let session = try await house.start()
        let token = try house.tokens.issue(for: session)
        house.clock.advance(by: .seconds(60))
        _ = try await house.authenticate(token)
        #expect(try await house.usedAt(session) == house.clock.now())
    }

    @Test func `a clock that goes back takes no use away`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        house.clock.advance(by: .seconds(-3600))
        #expect(try await house.authenticate(cookie) != nil)
        #expect(try await house.usedAt(session) == session.createdAt)
    }

    @Test func `a session from before uses were recorded lives from its beginning`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        try await house.execute("UPDATE sessions SET used_at = NULL")
        #expect(try await house.authenticate(cookie) != nil)
        #expect(try await house.sessions.list(of: session.user).map(\.usedAt) == [session.createdAt])
        house.clock.advance(by: .seconds(60))
        _ = try await house.authenticate(cookie)
        #expect(try await house.usedAt(session) == house.clock.now())
    }

    @Test func `of a hundred requests at once none is turned away for the record's sake`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        house.clock.advance(by: .seconds(60))
        let users = try await withThrowingTaskGroup(of: AccountID?.self) { group in
            for _ in 0..<100 { group.addTask { try await house.authenticate(cookie)?.user } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(users == Array(repeating: session.user, count: 100))
        #expect(try await house.usedAt(session) == house.clock.now())
    }
}
