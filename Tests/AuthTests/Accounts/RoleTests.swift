import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct RoleTests {
    /// One of each kind, for the same user.
    private struct AllCredentials {
        let house: House
        let user: AccountID
        let all: [Credentials]

        init() async throws {
            house = try await House()
            let session = try await house.start()
            let cookie = try #require(try await house.cookie(of: session))
            let key = try await APIKeys(house.database, clock: house.clock)
                .create(for: session.user, name: #require(UserName("Studio"))).secret
            user = session.user
            all = [
                Credentials(bearerToken: try house.tokens.issue(for: session)),
                Credentials(sessionCookie: cookie.value), Credentials(apiKey: key.text),
            ]
        }

        func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
            try await FirstOf([
                APIKeyAuthenticator(house.database, keys: APIKeys(house.database, clock: house.clock)),
                house.authenticator, CookieAuthenticator(house.database, sessions: house.sessions),
            ]).authenticate(credentials)
        }

        func roles() async throws -> [Role?] {
            var roles = [Role?]()
            for credentials in all { roles.append(try await authenticate(credentials)?.role) }
            return roles
        }
    }

    @Test func `a changed role counts with the next request, whatever the credentials`() async throws {
        let ada = try await AllCredentials()
        #expect(try await ada.roles() == [.user, .user, .user])
        for role in [Role.admin, .service, .user] {
            try await ada.house.execute("UPDATE users SET role = \(role) WHERE id = \(ada.user)")
            #expect(try await ada.roles() == [role, role, role])
        }
    }

    @Test func `credentials of a disabled user are refused with the next request`() async throws {
        let ada = try await AllCredentials()
        try await ada.house.execute("UPDATE users SET disabled_at = 1 WHERE id = \(ada.user)")
        for credentials in ada.all {
            await #expect(throws: AuthError.self) { try await ada.authenticate(credentials) }
        }
        await #expect(throws: AuthError.accountDisabled) { try await ada.house.another(for: ada.user) }
    }

    @Test func `a disabled user refreshes nothing`() async throws {
        let family = try await RefreshHouse()
        try await family.house.execute("UPDATE users SET disabled_at = 1")
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(family.first) }
    }

    @Test func `a role nobody knows lets nobody in`() async throws {
        let ada = try await AllCredentials()
        try await ada.house.execute("UPDATE users SET role = 'root' WHERE id = \(ada.user)")
        for credentials in ada.all {
            await #expect(throws: AuthError.self) { try await ada.authenticate(credentials) }
        }
    }
}
