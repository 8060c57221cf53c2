import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct APIKeysTests {
    private func name(_ text: String = "Studio") throws -> UserName { try #require(UserName(text)) }

    private func authenticate(_ key: String, in house: House) async throws(AuthError) -> Principal? {
        try await APIKeyAuthenticator(house.database, keys: keys(house)).authenticate(Credentials(bearerToken: key))
    }

    private func keys(_ house: House) -> APIKeys { APIKeys(house.database, clock: house.clock) }

    @Test func `a program with a good key is let through, with its scopes`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        let scopes = Scopes.only([try #require(Scope("library:read"))])
        let (key, secret) = try await keys(house).create(for: user, name: name(), scopes: scopes)
        for credentials in [Credentials(bearerToken: secret.text), Credentials(apiKey: secret.text)] {
            let authenticator = APIKeyAuthenticator(house.database, keys: keys(house))
            let principal = try #require(try await authenticator.authenticate(credentials))
            #expect(principal.user == user && principal.session == nil && principal.method == .apiKey)
            #expect(principal.scopes == scopes && principal.authenticatedAt == key.createdAt)
        }
    }

    @Test func `what is no key is left to others`() async throws {
        let house = try await House()
        #expect(try await authenticate("eyJhbGciOiJIUzI1NiJ9.e30.x", in: house) == nil)
        let authenticator = APIKeyAuthenticator(house.database, keys: keys(house))
        #expect(try await authenticator.authenticate(Credentials(sessionCookie: "x")) == nil)
    }

    @Test func `unknown, wrong, expired and revoked keys get one answer`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        let expired = try await keys(house).create(
            for: user, name: name(), expiresAt: house.clock.now() + .seconds(60)
        ).secret
        let revoked = try await keys(house).create(for: user, name: name())
        #expect(try await keys(house).revoke(revoked.key.id, of: user))
        #expect(try await authenticate(expired.text, in: house) != nil)
        house.clock.advance(by: .seconds(60))
        for text in [expired.text, revoked.secret.text, APIKeySecret.random().text, "wx_", "wx_nonsense"] {
            await #expect(throws: AuthError.apiKeyRefused) { try await authenticate(text, in: house) }
        }
    }

    @Test func `a secret fits its own prefix only`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        let (key, secret) = try await keys(house).create(for: user, name: name())
        try await house.execute("UPDATE api_keys SET prefix = 'wx_00000000' WHERE id = \(key.id)")
        await #expect(throws: AuthError.apiKeyRefused) { try await authenticate(secret.text, in: house) }
    }

    @Test func `a key is revoked by its owner only, and twice is harmless`() async throws {
        let house = try await House()
        let (ada, grace) = (
            try await house.registered("ada@example.com"), try await house.registered("grace@example.com")
        )
        let (key, secret) = try await keys(house).create(for: ada, name: name())
        #expect(try await !keys(house).revoke(key.id, of: grace))
        #expect(try await authenticate(secret.text, in: house) != nil)
        #expect(try await keys(house).revoke(key.id, of: ada))
        #expect(try await keys(house).revoke(key.id, of: ada))
        await #expect(throws: AuthError.apiKeyRefused) { try await authenticate(secret.text, in: house) }
    }

    @Test func `a user lists their keys, without secrets, the newest first`() async throws {
        let house = try await House()
        let (ada, grace) = (
            try await house.registered("ada@example.com"), try await house.registered("grace@example.com")
        )
        let old = try await keys(house).create(for: ada, name: name("Old")).key
        house.clock.advance(by: .seconds(1))
        let new = try await keys(house).create(
            for: ada, name: name("New"), expiresAt: house.clock.now() + .seconds(1)
        ).key
        let revoked = try await keys(house).create(for: ada, name: name("Revoked")).key
        try await keys(house).revoke(revoked.id, of: ada)
        _ = try await keys(house).create(for: grace, name: name())
        #expect(try await keys(house).list(of: ada) == [new, old])
        house.clock.advance(by: .seconds(60))
        #expect(try await keys(house).list(of: ada) == [old, new], "an expired one is seen until it is revoked, below")
    }

    @Test func `a use is recorded at most once a minute`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        let secret = try await keys(house).create(for: user, name: name()).secret
        #expect(try await keys(house).list(of: user).map(\.usedAt) == [nil])
        _ = try await authenticate(secret.text, in: house)
        let first = house.clock.now()
        #expect(try await keys(house).list(of: user).map(\.usedAt) == [first])
        house.clock.advance(by: .milliseconds(59_999))
        _ = try await authenticate(secret.text, in: house)
        #expect(try await keys(house).list(of: user).map(\.usedAt) == [first])
        house.clock.advance(by: .milliseconds(1))
        _ = try await authenticate(secret.text, in: house)
        #expect(try await keys(house).list(of: user).map(\.usedAt) == [house.clock.now()])
    }

    @Test func `nobody makes a key that is over, nor more than anybody may have`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        await #expect(throws: AuthError.apiKeyNotMade(.expiresInThePast)) {
            try await keys(house).create(for: user, name: name(), expiresAt: house.clock.now())
        }
        var last: APIKey?
        for _ in 0..<APIKeys.mostOfAUser { last = try await keys(house).create(for: user, name: name()).key }
        await #expect(throws: AuthError.apiKeyNotMade(.tooMany)) {
            try await keys(house).create(for: user, name: name())
        }
        try await keys(house).revoke(#require(last).id, of: user)
        _ = try await keys(house).create(for: user, name: name())
    }

    @Test func `keys end with their user, and all at once when asked to`() async throws {
        let house = try await House()
        let (ada, grace) = (
            try await house.registered("ada@example.com"), try await house.registered("grace@example.com")
        )
        let (hers, others) = (
            try await keys(house).create(for: ada, name: name()).secret,
            try await keys(house).create(for: grace, name: name()).secret
        )
        try await house.database.write { try keys(house).revokeAll(of: ada, in: $0) }
        await #expect(throws: AuthError.apiKeyRefused) { try await authenticate(hers.text, in: house) }
        #expect(try await authenticate(others.text, in: house)?.user == grace)
        try await house.execute("DELETE FROM users WHERE id = \(grace)")
        await #expect(throws: AuthError.apiKeyRefused) { try await authenticate(others.text, in: house) }
    }

    @Test func `upkeep forgets keys that ended before a time`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        let revoked = try await keys(house).create(for: user, name: name()).key
        _ = try await keys(house).create(for: user, name: name(), expiresAt: house.clock.now() + .seconds(5))
        let kept = try await keys(house).create(for: user, name: name()).secret
        try await keys(house).revoke(revoked.id, of: user)
        house.clock.advance(by: .seconds(5))
        #expect(try await keys(house).removeEnded(before: house.clock.now()) == 1)
        #expect(try await keys(house).removeEnded(before: house.clock.now() + .milliseconds(1)) == 1)
        #expect(try await authenticate(kept.text, in: house) != nil)
    }

    @Test func `the database holds the prefix and the hash`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        let secret = try await keys(house).create(for: user, name: name()).secret
        let stored = try await house.everything(in: "api_keys")
        #expect(stored.contains(.text(secret.prefix)) && stored.contains(secret.hash.sqlValue))
        let part = String(secret.text.dropFirst(12).prefix(20))
        #expect(
            !stored.contains { value in
                switch value {
                case .text(let text): text.contains(part)
                case .blob(let bytes): String(decoding: bytes, as: UTF8.self).contains(part)
                default: false
                }
            })
    }
}
