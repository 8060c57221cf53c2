import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct CookieAuthenticatorTests {
    @Test func `a browser with a good cookie is let through`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        let principal = try #require(try await house.authenticate(cookie))
        #expect(principal.user == session.user && principal.session == session.id)
        #expect(principal.method == .cookie && principal.authenticatedAt == session.createdAt)
        #expect(principal.scopes == .all)
    }

    @Test func `a request without a cookie is nobody's, not an error`() async throws {
        let house = try await House()
        let authenticator = CookieAuthenticator(house.database, sessions: house.sessions)
        #expect(try await authenticator.authenticate(Credentials(bearerToken: "x")) == nil)
    }

    @Test func `a signed-out session's cookie is refused at once`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        try await house.signOut(session)
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(cookie) }
        #expect(try await house.cookie(of: session) == nil, "and it gets no other")
    }

    @Test func `a renewed cookie leaves the old one worthless, and the session where it is`() async throws {
        let house = try await House()
        let session = try await house.start()
        let old = try #require(try await house.cookie(of: session))
        let new = try #require(try await house.cookie(of: session))
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(old) }
        #expect(try await house.authenticate(new)?.session == session.id)
    }

    @Test func `nobody renews the cookie of somebody else`() async throws {
        let house = try await House()
        let ada = try await house.start()
        let cookie = try #require(try await house.cookie(of: ada))
        let grace = try await house.registered("grace@example.com")
        let taken = try await house.database.write {
            try house.sessions.renewCookie(of: ada.id, of: grace, in: $0)
        }
        #expect(taken == nil)
        #expect(try await house.authenticate(cookie) != nil)
    }

    @Test func `session fixation: a planted cookie is dead after the sign-in, whoever's it was`() async throws {
        let house = try await House()
        let planted = try #require(try await house.cookie(of: try await house.start("mallory@example.com")))
        let ada = try await house.registered("ada@example.com")
        let new = try await house.database.write { session in
            try house.sessions.revoke(planted, in: session)
            let started = try house.sessions.start(for: ada, in: session)
            return try house.sessions.renewCookie(of: started.id, of: ada, in: session)
        }
        #expect(try await house.authenticate(#require(new))?.user == ada)
        #expect(new?.session != planted.session)
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(planted) }
    }

    @Test func `a cookie with one bit changed, of another session, or of none is refused`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        let other = try await house.another(for: session.user)
        for bit in 0..<256 {
            var secret = cookie.secret.bytes
            secret[bit / 8] ^= 1 << (bit % 8)
            await #expect(throws: AuthError.sessionEnded) {
                try await house.authenticate(SessionCookie(session: session.id, secret: Secret(secret)))
            }
        }
        for id in [other.id, .random()] {
            await #expect(throws: AuthError.sessionEnded, "a session that has no cookie takes none") {
                try await house.authenticate(SessionCookie(session: id, secret: cookie.secret))
            }
        }
        let authenticator = CookieAuthenticator(house.database, sessions: house.sessions)
        await #expect(throws: AuthError.sessionEnded) {
            try await authenticator.authenticate(Credentials(sessionCookie: "nonsense"))
        }
        #expect(try await house.authenticate(cookie) != nil)
    }

    @Test func `a removed user's cookie is dead`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        try await house.execute("DELETE FROM users WHERE id = \(session.user)")
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(cookie) }
    }

    @Test func `the database holds the hash alone`() async throws {
        let house = try await House()
        let cookie = try #require(try await house.cookie(of: try await house.start()))
        #expect(try await !house.everything(in: "sessions").reveal(cookie.secret.bytes))
    }
}
