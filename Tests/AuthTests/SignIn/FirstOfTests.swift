import Storage
import Testing

@testable import Auth

@Suite struct FirstOfTests {
    private func all(_ house: House) -> FirstOf {
        FirstOf([
            APIKeyAuthenticator(house.database, keys: APIKeys(house.database, clock: house.clock)),
            BearerAuthenticator(house.database, tokens: house.tokens, sessions: house.sessions),
            CookieAuthenticator(house.database, sessions: house.sessions),
        ])
    }

    @Test func `each kind of credentials finds its own way in`() async throws {
        let house = try await House()
        let session = try await house.start()
        let cookie = try #require(try await house.cookie(of: session))
        let key = try await APIKeys(house.database, clock: house.clock)
            .create(for: session.user, name: #require(UserName("Studio"))).secret
        for (credentials, method) in [
            (Credentials(bearerToken: try house.tokens.issue(for: session)), Principal.Method.bearer),
            (Credentials(sessionCookie: cookie.value), .cookie), (Credentials(bearerToken: key.text), .apiKey),
            (Credentials(apiKey: key.text), .apiKey),
        ] {
            let principal = try #require(try await all(house).authenticate(credentials))
            #expect(principal.user == session.user && principal.method == method)
        }
    }

    @Test func `without credentials a request is nobody's`() async throws {
        #expect(try await all(House()).authenticate(Credentials()) == nil)
        #expect(try await FirstOf([]).authenticate(Credentials(bearerToken: "x")) == nil)
    }

    @Test func `the first refusal is final`() async throws {
        let house = try await House()
        let cookie = try #require(try await house.cookie(of: try await house.start()))
        await #expect(throws: AuthError.apiKeyRefused) {
            try await all(house).authenticate(Credentials(bearerToken: "wx_x", sessionCookie: cookie.value))
        }
        await #expect(throws: AuthError.tokenRefused(.malformed)) {
            try await all(house).authenticate(Credentials(bearerToken: "x", sessionCookie: cookie.value))
        }
    }
}
