import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct EmailAllowlistTests {
    private func allows(_ list: String, _ address: String) throws -> Bool {
        try EmailAllowlist(list).allows(EmailAddress(address))
    }

    @Test func `addresses and domains are let in, and nobody else`() throws {
        let list = "ada@x.com, @Example.org\n grace@y.com"
        for address in ["ada@x.com", "ADA@X.COM", "anybody@example.org", "grace@y.com"] {
            #expect(try allows(list, address))
        }
        for address in [
            "eve@x.com", "ada@y.com", "a@sub.example.org", "a@example.org.evil.example", "a@notexample.org",
            "example.org@evil.example", "ada+1@x.com",
        ] {
            #expect(try !allows(list, address), "\(address)")
        }
    }

    @Test(arguments: ["", " \n\t"])
    func `an empty list lets everybody in`(text: String) throws {
        #expect(try EmailAllowlist(text) == .everybody && allows(text, "anybody@example.com"))
    }

    @Test func `a list that cannot be understood stops the start`() {
        #expect(throws: EmailAllowlistError.empty) { try EmailAllowlist(" , ,") }
        for entry in ["ada", "@", "@localhost", "*@x.com", "@*.x.com", "ada@x.com;eve@x.com", "@@x.com", "x.com"] {
            #expect(throws: EmailAllowlistError.entry(2)) { try EmailAllowlist("ada@x.com,\(entry)") }
        }
        #expect(throws: EmailAllowlistError.tooMany) {
            try EmailAllowlist(String(repeating: "a@x.com,", count: EmailAllowlist.mostEntries + 1))
        }
    }

    @Test func `who is taken off the list is out with the next request, whatever they bring`() async throws {
        let house = try await House()
        let session = try await house.start("ada@example.com")
        try await house.execute("UPDATE users SET email_verified_at = 1 WHERE id = \(session.user)")
        let cookie = try #require(try await house.cookie(of: session))
        let token = try house.tokens.issue(for: session)
        let credentials = [Credentials(sessionCookie: cookie.value), Credentials(bearerToken: token)]
        func authenticator(_ list: String) throws -> AllowlistAuthenticator {
            AllowlistAuthenticator(
                FirstOf([CookieAuthenticator(house.database, sessions: house.sessions), house.authenticator]),
                database: house.database, allowlist: try EmailAllowlist(list))
        }
        for one in credentials {
            for list in ["", "ada@example.com", "@example.com"] {
                #expect(try await authenticator(list).authenticate(one)?.user == session.user)
            }
            await #expect(throws: AuthError.emailNotAllowed) {
                try await authenticator("eve@example.com").authenticate(one)
            }
        }
        #expect(try await authenticator("eve@example.com").authenticate(Credentials()) == nil)
    }

    @Test func `who registers an address of the list without showing that it is theirs stays out`() async throws {
        let house = try await House()
        let session = try await house.start("eve@example.org")
        let credentials = Credentials(bearerToken: try house.tokens.issue(for: session))
        let authenticator = AllowlistAuthenticator(
            house.authenticator, database: house.database, allowlist: try EmailAllowlist("@example.org"))
        await #expect(throws: AuthError.emailNotAllowed) { try await authenticator.authenticate(credentials) }
        try await house.database.write { try Users(house.database).markVerified(session.user, in: $0) }
        #expect(try await authenticator.authenticate(credentials)?.user == session.user)
    }
}
