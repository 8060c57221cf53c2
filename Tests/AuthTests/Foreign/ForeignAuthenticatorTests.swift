import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct ForeignTokenAuthenticatorTests {
    private let house: House
    private let key: SigningKey
    private let authenticator: ForeignTokenAuthenticator

    init() async throws {
        house = try await House()
        key = try .random(.es256, id: "e1")
        let tokens = ForeignTokens(
            try ["builder", "mixer"].map {
                try ForeignIssuer(issuer: $0, audience: "api", keys: .url("https://\($0).example/keys"))
            }, fetcher: ScriptedFetcher([key.verification]), clock: house.clock)
        authenticator = ForeignTokenAuthenticator(
            house.database, tokens: tokens, identities: Identities(house.database, clock: house.clock),
            clock: house.clock)
    }

    private func authenticate(
        _ changes: [String: any Sendable] = [:], by signer: SigningKey? = nil
    ) async throws -> Principal? {
        let now = house.clock.now().milliseconds / 1000
        var claims: [String: any Sendable] = ["iss": "builder", "aud": "api", "sub": "ci", "exp": now + 60, "iat": now]
        claims.merge(changes) { $1 }
        let payload = Array(try JSONSerialization.data(withJSONObject: claims))
        let token = try CompactJWS.sign(payload, type: "at+jwt", with: signer ?? key)
        return try await authenticator.authenticate(Credentials(bearerToken: token))
    }

    @Test func `a service is a user of its own, made at first sight`() async throws {
        let first = try #require(try await authenticate())
        #expect(first.method == .service && first.role == .service && first.scopes == .all && first.session == nil)
        #expect(try await authenticate()?.user == first.user)
        #expect(try await authenticate(["sub": "cd"])?.user != first.user)
        #expect(try await authenticate(["iss": "mixer"])?.user != first.user)
        let user = try #require(try await Users(house.database).find(first.user))
        #expect(user.email.isReserved && user.name?.text == "ci")
        #expect(try await house.passwordHash(of: user) == nil)
    }

    @Test func `no service becomes a person by naming an address`() async throws {
        let ada = try await house.register("ada@example.com")
        let principal = try await authenticate(["email": "ada@example.com", "email_verified": true])
        #expect(principal?.user != ada.id)
    }

    @Test func `no service becomes a person whom the issuer calls the same, nor the other way round`() async throws {
        let identities = Identities(house.database, clock: house.clock)
        func person(_ subject: String) async throws -> User {
            let identity = OtherIdentity(
                issuer: "builder", subject: subject, email: try EmailAddress("\(subject)@example.com"),
                isEmailVerified: true)
            return try await house.database.write {
                try identities.resolve(identity, policy: IdentityPolicy(), in: $0)
            }
        }
        let ada = try await person("ada")
        #expect(try await authenticate(["sub": "ada"])?.user != ada.id)
        let service = try #require(try await authenticate(["sub": "ci"]))
        #expect(try await person("ci").id != service.user)
        #expect(try await authenticate(["sub": "ci"])?.user == service.user)
    }

    @Test func `scopes are as the token has them`() async throws {
        let read = try #require(Scope("library:read"))
        #expect(try await authenticate(["scope": "library:read"])?.scopes == .only([read]))
        #expect(try await authenticate(["scope": ["library:read"]])?.scopes == .only([read]))
        #expect(try await authenticate(["scope": ""])?.scopes == .only([]))
        #expect(try await authenticate(["scope": "Library:Read library:read"])?.scopes == .only([read]))
        await #expect(throws: AuthError.tokenRefused(.claims)) { try await authenticate(["scope": 7]) }
    }

    @Test func `tokens of others are left alone, and bad ones refused`() async throws {
        #expect(try await authenticate(["iss": "waxwing"]) == nil)
        #expect(try await authenticator.authenticate(Credentials(bearerToken: "wx_something")) == nil)
        #expect(try await authenticator.authenticate(Credentials()) == nil)
        await #expect(throws: AuthError.tokenRefused(.audience)) { try await authenticate(["aud": "web"]) }
        await #expect(throws: AuthError.tokenRefused(.signature)) {
            try await authenticate(by: .random(.es256, id: "e1"))
        }
        #expect(try await house.everything(in: "users").isEmpty)
    }

    @Test func `the list of people does not concern services`() async throws {
        let now = house.clock.now().milliseconds / 1000
        let claims = #"{"iss":"builder","aud":"api","sub":"ci","exp":\#(now + 60)}"#
        let token = try CompactJWS.sign(Array(claims.utf8), type: "JWT", with: key)
        let listed = AllowlistAuthenticator(
            authenticator, database: house.database, allowlist: try EmailAllowlist("ada@example.com"))
        #expect(try await listed.authenticate(Credentials(bearerToken: token)) != nil)
    }

    @Test func `a service that is disabled stays out`() async throws {
        let principal = try #require(try await authenticate())
        try await house.execute("UPDATE users SET disabled_at = 1 WHERE id = \(principal.user)")
        await #expect(throws: AuthError.accountDisabled) { try await authenticate() }
    }
}

@Suite struct AccessAssertionAuthenticatorTests {
    private static let key = Result { try SigningKey.random(.rs256, id: "c1") }

    private let house: House
    private let key: SigningKey
    private let fetcher: ScriptedFetcher
    private let identities: Identities

    init() async throws {
        house = try await House()
        key = try Self.key.get()
        fetcher = ScriptedFetcher([key.verification])
        identities = Identities(house.database, clock: house.clock)
    }

    private func authenticator(_ policy: IdentityPolicy = IdentityPolicy()) throws -> AccessAssertionAuthenticator {
        AccessAssertionAuthenticator(
            house.database, access: try CloudflareAccess(team: "team.cloudflareaccess.com", audience: "aud1"),
            fetcher: fetcher, identities: identities, policy: policy, clock: house.clock)
    }

    private func assertion(_ changes: [String: any Sendable] = [:], by signer: SigningKey? = nil) throws -> String {
        let now = house.clock.now().milliseconds / 1000
        var claims: [String: any Sendable] = [
            "iss": "https://team.cloudflareaccess.com", "aud": ["aud1"], "sub": "7335d417", "email": "ada@example.com",
            "type": "app", "iat": now, "nbf": now, "exp": now + 86400,
        ]
        claims.merge(changes) { $1 }
        let payload = Array(try JSONSerialization.data(withJSONObject: claims.filter { !($0.value is NSNull) }))
        return try CompactJWS.sign(payload, type: "JWT", with: signer ?? key)
    }

    @Test func `whom Access let through is let through, and made a user at first sight`() async throws {
        let authenticator = try authenticator()
        let principal = try #require(
            try await authenticator.authenticate(Credentials(accessAssertion: try assertion())))
        #expect(principal.method == .access && principal.session == nil && principal.method.isSentByBrowsers)
        #expect(try await Users(house.database).find(principal.user)?.email.text == "ada@example.com")
        let cookie = try await authenticator.authenticate(Credentials(accessCookie: try assertion()))
        #expect(cookie?.user == principal.user)
        #expect(fetcher.urls == ["https://team.cloudflareaccess.com/cdn-cgi/access/certs"])
        #expect(try await authenticator.authenticate(Credentials(bearerToken: try assertion())) == nil)
    }

    @Test func `the header comes before the cookie, and a bad one is not made good by it`() async throws {
        let (good, bad) = (try assertion(), try assertion(["aud": ["aud2"]]))
        let authenticator = try authenticator()
        await #expect(throws: AuthError.tokenRefused(.audience)) {
            try await authenticator.authenticate(Credentials(accessAssertion: bad, accessCookie: good))
        }
        #expect(
            try await authenticator.authenticate(Credentials(accessAssertion: good, accessCookie: bad)) != nil)
    }

    @Test func `issuer and audience are exact, the time is now, and somebody is named`() async throws {
        let authenticator = try authenticator()
        let refused: [([String: any Sendable], TokenFlaw)] = [
            (["iss": "https://other.cloudflareaccess.com"], .issuer),
            (["iss": "https://team.cloudflareaccess.com/"], .issuer), (["aud": "aud"], .audience),
            (["aud": [String]()], .audience), (["exp": 1_767_225_600], .expired), (["sub": ""], .subject),
            (["nbf": 1_767_225_661], .notYetValid),
        ]
        for (changes, flaw) in refused {
            let assertion = try assertion(changes)
            await #expect(throws: AuthError.tokenRefused(flaw)) {
                try await authenticator.authenticate(Credentials(accessAssertion: assertion))
            }
        }
        let nobody = try assertion(["email": NSNull()])
        await #expect(throws: AuthError.openID(.emailMissing)) {
            try await authenticator.authenticate(Credentials(accessAssertion: nobody))
        }
    }

    @Test func `only RS256 with the team's own key counts`() async throws {
        let authenticator = try authenticator()
        let attempts: [(String, TokenFlaw)] = [
            (try assertion(by: .random(.rs256, id: "c1")), .signature),
            (try assertion(by: .random(.rs256, id: "c2")), .unknownKey),
            (try assertion(by: .random(.es256, id: "c1")), .algorithm),
            (try assertion(by: .random(.hs256, id: "c1")), .algorithm),
            ("ada@example.com", .algorithm), ("", .algorithm),
        ]
        for (assertion, flaw) in attempts {
            await #expect(throws: AuthError.tokenRefused(flaw)) {
                try await authenticator.authenticate(Credentials(accessAssertion: assertion))
            }
        }
    }

    @Test func `a new key is fetched when it shows up, and the known ones go on in an outage`() async throws {
        let authenticator = try authenticator()
        _ = try await authenticator.authenticate(Credentials(accessAssertion: try assertion()))
        let next = try SigningKey.random(.rs256, id: "c2")
        fetcher.answer([key.verification, next.verification])
        house.clock.advance(by: KeySource.cooldown)
        _ = try await authenticator.authenticate(Credentials(accessAssertion: try assertion(by: next)))
        #expect(fetcher.fetches == 2)
        fetcher.answer(nil)
        house.clock.advance(by: KeySource.life)
        _ = try await authenticator.authenticate(Credentials(accessAssertion: try assertion()))
    }

    @Test func `policy and state of the account count as everywhere`() async throws {
        let assertion = try assertion()
        let list = try authenticator(IdentityPolicy(allowlist: try EmailAllowlist("@example.org")))
        await #expect(throws: AuthError.emailNotAllowed) {
            try await list.authenticate(Credentials(accessAssertion: assertion))
        }
        let open = try authenticator()
        let principal = try #require(try await open.authenticate(Credentials(accessAssertion: assertion)))
        let listed = AllowlistAuthenticator(
            open, database: house.database, allowlist: try EmailAllowlist("@example.org"))
        await #expect(throws: AuthError.emailNotAllowed, "taken off the list after the first time") {
            try await listed.authenticate(Credentials(accessAssertion: assertion))
        }
        try await house.execute("UPDATE users SET disabled_at = 1 WHERE id = \(principal.user)")
        await #expect(throws: AuthError.accountDisabled) {
            try await open.authenticate(Credentials(accessAssertion: assertion))
        }
    }

    @Test(arguments: [
        "", "team", "https://", "a.example/x", "a.example:8443", "http://a.example", "A.example", "u@a.b",
    ])
    func `a team is a domain`(team: String) {
        #expect(throws: ForeignIssuerFlaw.issuer) { try CloudflareAccess(team: team, audience: "aud1") }
    }

    @Test func `a team may be written as an address`() throws {
        let access = try CloudflareAccess(team: "https://team.cloudflareaccess.com", audience: "aud1")
        #expect(access == (try CloudflareAccess(team: "team.cloudflareaccess.com", audience: "aud1")))
        #expect(throws: ForeignIssuerFlaw.audience) { try CloudflareAccess(team: "a.example", audience: "") }
    }

    @Test func `an assertion is not printed`() throws {
        let assertion = try assertion()
        let credentials = Credentials(accessAssertion: assertion, accessCookie: assertion)
        var dumped = "\(credentials)"
        dump(credentials, to: &dumped)
        #expect(dumped.contains("assertion ***") && !dumped.contains(assertion.suffix(20)))
    }
}
