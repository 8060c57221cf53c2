import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct BearerAuthenticatorTests {
    @Test func `a request without a token is nobody's, not an error`() async throws {
        #expect(try await House().authenticate(nil) == nil)
    }

    @Test func `a token ends after 30 minutes, its session after 7 days`() async throws {
        let house = try await House()
        let session = try await house.start()
        let first = try house.tokens.issue(for: session)
        house.clock.advance(by: AccessTokens.life - .seconds(1))
        #expect(try await house.authenticate(first) != nil)
        house.clock.advance(by: .seconds(1))
        await #expect(throws: AuthError.tokenRefused(.expired)) { try await house.authenticate(first) }
        house.clock.turn(to: session.expiresAt - .seconds(60))
        let last = try house.tokens.issue(for: session)
        house.clock.advance(by: .seconds(59))
        #expect(try await house.authenticate(last) != nil)
        house.clock.advance(by: .seconds(1))
        await #expect(throws: AuthError.tokenRefused(.expired)) { try await house.authenticate(last) }
    }

    @Test func `the row decides even if the token would live longer`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        try await house.execute("UPDATE sessions SET expires_at = \(house.clock.now())")
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(access.token) }
    }

    /// Two servers have nothing in common but the database.
    @Test func `who signs out at one server is out at all others with the next request`() async throws {
        let house = try await House()
        let others = (0..<3).map { _ in
            BearerAuthenticator(
                house.database, tokens: house.tokens, sessions: Sessions(house.database, clock: house.clock))
        }
        let cookies = (0..<3).map { _ in
            CookieAuthenticator(house.database, sessions: Sessions(house.database, clock: house.clock))
        }
        try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        let session = Session(
            id: access.session, user: access.user.id, createdAt: house.clock.now(), expiresAt: house.clock.now(),
            revokedAt: nil)
        let cookie = try #require(try await house.cookie(of: session))
        for other in others { #expect(try await other.authenticate(Credentials(bearerToken: access.token)) != nil) }
        for other in cookies { #expect(try await other.authenticate(Credentials(sessionCookie: cookie.value)) != nil) }
        try await house.signIn.logout(access.session, of: access.user.id)
        for other in others {
            await #expect(throws: AuthError.sessionEnded) {
                try await other.authenticate(Credentials(bearerToken: access.token))
            }
        }
        for other in cookies {
            await #expect(throws: AuthError.sessionEnded) {
                try await other.authenticate(Credentials(sessionCookie: cookie.value))
            }
        }
    }

    @Test func `a removed user's token is dead`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        try await house.execute("DELETE FROM users WHERE id = \(ada.id)")
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(access.token) }
    }

    @Test func `a well signed token that pairs one user with another's session is refused`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        try await house.register("grace@example.com")
        let grace = try await house.login("grace@example.com")
        let now = house.clock.now()
        let mixed = Session(
            id: grace.session, user: ada.id, createdAt: now, expiresAt: now + .seconds(60), revokedAt: nil)
        let token = try house.tokens.issue(for: mixed)
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(token) }
    }

    @Test func `a token of another installation is refused`() async throws {
        let (house, other) = (try await House(), try await House())
        try await other.register("ada@example.com")
        let access = try await other.login("ada@example.com")
        await #expect(throws: AuthError.tokenRefused(.unknownKey)) { try await house.authenticate(access.token) }
    }

    @Test func `every refused token gets the same answer`() {
        let answers = TokenFlaw.allCases.map { AuthError.tokenRefused($0).description }
        #expect(Set(answers).count == 1)
    }
}
