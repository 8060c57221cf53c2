import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct IdentitiesTests {
    private struct Closed: Error {}

    private func resolve(
        _ house: House, subject: String = "1001", email: String? = "ada@example.com", verified: Bool = true,
        issuer: String = "https://id.example", policy: IdentityPolicy = IdentityPolicy()
    ) async throws -> User {
        let identity = OtherIdentity(
            issuer: issuer, subject: subject, email: try email.map { try EmailAddress($0) }, isEmailVerified: verified,
            name: UserName("Ada"))
        let identities = Identities(house.database, clock: house.clock)
        return try await house.database.write { try identities.resolve(identity, policy: policy, in: $0) }
    }

    /// A user who signs in with a password, and has shown that they read their mail.
    private func local(_ house: House, verified: Bool) async throws -> User {
        let user = try await house.register("ada@example.com")
        if verified {
            try await house.execute("UPDATE users SET email_verified_at = \(house.clock.now()) WHERE id = \(user.id)")
        }
        return user
    }

    @Test func `an identity is one user, whatever address it has later`() async throws {
        let house = try await House()
        let ada = try await resolve(house)
        #expect(ada.email.text == "ada@example.com" && ada.emailVerifiedAt == house.clock.now())
        #expect(try await resolve(house, email: "ada@new.example") == ada)
        #expect(try await resolve(house, email: nil, verified: false) == ada)
        #expect(try await resolve(house, subject: "1002", email: "grace@example.com").id != ada.id)
    }

    @Test func `a subject is one of its issuer only`() async throws {
        let house = try await House()
        let ada = try await resolve(house)
        let other = try await resolve(house, email: "other@example.com", issuer: "https://other.example")
        #expect(other.id != ada.id)
    }

    @Test func `nobody gets in without an address that the issuer has verified`() async throws {
        let house = try await House()
        await #expect(throws: AuthError.openID(.emailMissing)) { try await resolve(house, email: nil) }
        await #expect(throws: AuthError.openID(.emailMissing)) { try await resolve(house, email: "x@service.invalid") }
        await #expect(throws: AuthError.openID(.emailUnverified)) { try await resolve(house, verified: false) }
        #expect(try await house.everything(in: "users").isEmpty)
    }

    @Test func `an account is linked only when that is allowed and both sides have verified the address`() async throws
    {
        for (allowed, localVerified, issuerVerified) in [
            (false, true, true), (true, false, true), (true, true, false), (false, false, false), (true, true, true),
        ] {
            let house = try await House()
            let ada = try await local(house, verified: localVerified)
            let policy = IdentityPolicy(linksByEmail: allowed)
            if allowed && localVerified && issuerVerified {
                #expect(try await resolve(house, policy: policy).id == ada.id)
                #expect(try await resolve(house, email: "ada@new.example").id == ada.id)
                _ = try await house.login("ada@example.com")
            } else {
                let expected: OpenIDFlaw = issuerVerified ? .accountExists : .emailUnverified
                await #expect(throws: AuthError.openID(expected)) {
                    try await resolve(house, verified: issuerVerified, policy: policy)
                }
                #expect(try await house.everything(in: "identities").isEmpty)
            }
        }
    }

    @Test func `a new account gets what else it needs, or is not made at all`() async throws {
        let house = try await House()
        await #expect(throws: Closed.self) {
            try await resolve(house, policy: IdentityPolicy(register: { _, _ in throw Closed() }))
        }
        #expect(try await house.everything(in: "users").isEmpty)
        #expect(try await house.everything(in: "identities").isEmpty)
        let renaming = IdentityPolicy(register: { user, session in
            try session.execute("UPDATE users SET name = 'Countess' WHERE id = \(user.id)")
        })
        let ada = try await resolve(house, policy: renaming)
        #expect(try await Users(house.database).find(ada.id)?.name?.text == "Countess")
        #expect(
            try await resolve(house, policy: IdentityPolicy(register: { _, _ in throw Closed() })).id == ada.id,
            "who is known needs no registration")
    }

    @Test func `who is not on the list does not come in, the first time or later`() async throws {
        let house = try await House()
        let list = IdentityPolicy(allowlist: try EmailAllowlist("@example.org"))
        await #expect(throws: AuthError.emailNotAllowed) { try await resolve(house, policy: list) }
        #expect(try await house.everything(in: "users").isEmpty)
        _ = try await resolve(house)
        await #expect(throws: AuthError.emailNotAllowed) { try await resolve(house, policy: list) }
        await #expect(throws: AuthError.emailNotAllowed, "the address we know counts") {
            try await resolve(house, email: "ada@example.org", policy: list)
        }
    }

    @Test func `a disabled user stays out`() async throws {
        let house = try await House()
        let ada = try await resolve(house)
        try await house.execute("UPDATE users SET disabled_at = \(house.clock.now()) WHERE id = \(ada.id)")
        await #expect(throws: AuthError.accountDisabled) { try await resolve(house) }
        let policy = IdentityPolicy(linksByEmail: true)
        await #expect(throws: AuthError.accountDisabled) { try await resolve(house, subject: "1002", policy: policy) }
    }

    @Test func `of many first sign-ins at once one makes the user`() async throws {
        let house = try await House()
        let users = try await withThrowingTaskGroup(of: AccountID.self) { group in
            for _ in 0..<16 { group.addTask { try await resolve(house).id } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(users.count == 1)
    }

    @Test func `a user sees their identities, and takes them along when they go`() async throws {
        let house = try await House()
        let ada = try await resolve(house)
        let identities = Identities(house.database, clock: house.clock)
        let listed = try await house.database.read { try identities.list(of: ada.id, in: $0) }
        #expect(
            listed == [LinkedIdentity(issuer: "https://id.example", subject: "1001", since: house.clock.now())])
        try await house.execute("DELETE FROM users WHERE id = \(ada.id)")
        #expect(try await identities.find("1001", of: "https://id.example") == nil)
    }

    @Test func `nobody registers an address of those who are no people`() async throws {
        let house = try await House()
        for address in ["x@service.invalid", DevelopmentBypass.address, "X@SERVICE.INVALID"] {
            await #expect(throws: AuthError.emailRefused(.reserved)) { try await house.register(address) }
        }
    }
}
