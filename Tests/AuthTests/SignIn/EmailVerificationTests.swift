import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct EmailVerificationTests {
    @Test func `who opens the link has a verified address`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let token = try #require(try await house.verificationToken(for: "Ada@example.com"))
        house.clock.advance(by: .seconds(60))
        let verified = try await house.signIn.verifyEmail(token, password: House.password, from: House.origin)
        #expect(verified.id == ada.id && verified.emailVerifiedAt == house.clock.now())
        #expect(try await house.find(ada.id) == verified)
    }

    @Test func `a link is good once, for a day`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        let token = try #require(try await house.verificationToken(for: "ada@example.com"))
        try await house.signIn.verifyEmail(token, password: House.password, from: House.origin)
        try await house.register("grace@example.com")
        let late = try #require(try await house.verificationToken(for: "grace@example.com"))
        house.clock.advance(by: .seconds(24 * 3600))
        for token in [token, late, OneTimeToken.random().text, ""] {
            await #expect(throws: AuthError.linkRefused) {
                try await house.signIn.verifyEmail(token, password: House.password, from: House.origin)
            }
        }
    }

    @Test func `a link confirms nothing for who does not know the password, and stays good for who does`() async throws
    {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let token = try #require(try await house.verificationToken(for: "ada@example.com"))
        await #expect(throws: AuthError.wrongCredentials) {
            try await house.signIn.verifyEmail(token, password: "a click and a guess", from: House.origin)
        }
        #expect(try await house.find(ada.id)?.emailVerifiedAt == nil)
        try await house.signIn.verifyEmail(token, password: House.password, from: House.origin)
    }

    @Test func `a link verifies the address it was mailed to, not one the user has since`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let token = try #require(try await house.verificationToken(for: "ada@example.com"))
        try await house.execute("UPDATE users SET email = 'victim@example.com' WHERE id = \(ada.id)")
        await #expect(throws: AuthError.wrongCredentials) {
            try await house.signIn.verifyEmail(token, password: House.password, from: House.origin)
        }
        #expect(try await house.find(ada.id)?.emailVerifiedAt == nil)
    }

    @Test func `unknown, verified and disabled addresses get no link, and the same answer`() async throws {
        let house = try await House()
        let (ada, grace) = (try await house.register("ada@example.com"), try await house.register("grace@example.com"))
        let token = try #require(try await house.verificationToken(for: "ada@example.com"))
        try await house.signIn.verifyEmail(token, password: House.password, from: House.origin)
        try await house.administration.disable(grace.id, by: .system)
        for email in [ada.email.text, grace.email.text, "nobody@example.com"] {
            #expect(try await house.verificationToken(for: email) == nil)
        }
    }

    @Test func `where it is required, only a verified user signs in`() async throws {
        let house = try await House(registration: Registration(.open, requiresVerifiedEmail: true))
        let ada = try await house.administration.create(
            email: "ada@example.com", password: House.password, by: .system)
        await #expect(throws: AuthError.wrongCredentials) { try await house.login("ada@example.com") }
        let token = try #require(try await house.verificationToken(for: "ada@example.com"))
        try await house.signIn.verifyEmail(token, password: House.password, from: House.origin)
        #expect(try await house.login("ada@example.com").user.id == ada.id)
    }
}
