import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct PasswordResetTests {
    private let new = "another battery staple"

    @Test func `a user who reads the mail chooses a new password`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let token = try #require(try await house.resetToken(for: " ADA@example.com"))
        #expect(try await house.signIn.checkReset(token) == ada.email)
        let reset = try await house.signIn.reset(token, password: new, from: House.origin)
        #expect(reset.id == ada.id)
        #expect(try await !house.canSignIn())
        #expect(try await house.canSignIn(password: new))
    }

    @Test func `it ends all sessions with their tokens, but no API key`() async throws {
        let family = try await RefreshHouse()
        let house = family.house
        let cookie = try #require(try await house.cookie(of: family.session))
        let keys = APIKeys(house.database, clock: house.clock)
        let key = try await keys.create(for: family.session.user, name: #require(UserName("Studio"))).secret
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        try await house.signIn.reset(token, password: new, from: House.origin)
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(cookie) }
        await #expect(throws: AuthError.sessionEnded) {
            try await house.authenticate(try house.tokens.issue(for: family.session))
        }
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(family.first) }
        #expect(
            try await APIKeyAuthenticator(house.database, keys: keys)
                .authenticate(Credentials(apiKey: key.text)) != nil)
    }

    @Test func `a link is good once, for half an hour, and the newest only`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        let used = try #require(try await house.resetToken(for: "ada@example.com"))
        try await house.signIn.reset(used, password: new, from: House.origin)
        let older = try #require(try await house.resetToken(for: "ada@example.com"))
        let newer = try #require(try await house.resetToken(for: "ada@example.com"))
        for token in [used, older, OneTimeToken.random().text, "", "x"] {
            await #expect(throws: AuthError.linkRefused) {
                try await house.signIn.reset(token, password: House.password, from: House.origin)
            }
            await #expect(throws: AuthError.linkRefused) { try await house.signIn.checkReset(token) }
        }
        house.clock.advance(by: .seconds(30 * 60))
        await #expect(throws: AuthError.linkRefused) {
            try await house.signIn.reset(newer, password: House.password, from: House.origin)
        }
        #expect(try await house.canSignIn(password: new))
    }

    @Test func `of two who use a link at once, one sets the password`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        for round in 0..<Rounds.count(5) {
            let token = try #require(try await house.resetToken(for: "ada@example.com"))
            let passwords = (0..<6).map { "round \(round), choice \($0)" }
            let set = await withTaskGroup(of: String?.self) { group in
                for password in passwords {
                    group.addTask {
                        let user = try? await house.signIn.reset(token, password: password, from: House.origin)
                        return user.map { _ in password }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
            }
            #expect(set.count == 1)
            for password in passwords {
                #expect(try await house.canSignIn(password: password) == (password == set.first))
            }
        }
    }

    @Test func `a password that is refused does not spend the link`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        await #expect(throws: AuthError.passwordRefused(.tooShort)) {
            try await house.signIn.reset(token, password: "short", from: House.origin)
        }
        try await house.signIn.reset(token, password: new, from: House.origin)
    }

    @Test func `a link of one user changes nothing of another, and no other link resets a password`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        try await house.register("grace@example.com")
        let token = try #require(try await house.resetToken(for: "grace@example.com"))
        try await house.signIn.reset(token, password: new, from: House.origin)
        #expect(try await house.canSignIn())
        let verification = try #require(try await house.verificationToken(for: "ada@example.com"))
        await #expect(throws: AuthError.linkRefused) {
            try await house.signIn.reset(verification, password: new, from: House.origin)
        }
        let another = try #require(try await house.resetToken(for: "ada@example.com"))
        await #expect(throws: AuthError.linkRefused) {
            try await house.signIn.verifyEmail(another, password: House.password, from: House.origin)
        }
    }

    @Test func `a link dies with a change of the password, and with the address`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        _ = try await house.signIn.changePassword(
            of: ada.id, in: access.session, from: House.password, to: new, origin: House.origin)
        await #expect(throws: AuthError.linkRefused) {
            try await house.signIn.reset(token, password: "a thief's own password", from: House.origin)
        }
        let moved = try #require(try await house.resetToken(for: "ada@example.com"))
        try await house.execute("UPDATE users SET email = 'lovelace@example.com' WHERE id = \(ada.id)")
        try await house.register("ada@example.com")
        await #expect(throws: AuthError.linkRefused) {
            try await house.signIn.reset(moved, password: "a thief's own password", from: House.origin)
        }
    }

    @Test func `who reads the mail has shown that the address is theirs`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        #expect(ada.emailVerifiedAt == nil)
        house.clock.advance(by: .seconds(60))
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        let reset = try await house.signIn.reset(token, password: new, from: House.origin)
        #expect(reset.emailVerifiedAt == house.clock.now())
    }

    @Test func `a user without a password gets one`() async throws {
        let house = try await House()
        _ = try await house.registered("ada@example.com")
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        try await house.signIn.reset(token, password: new, from: House.origin)
        #expect(try await house.canSignIn(password: new))
    }

    @Test func `an unknown address and a disabled user get the answer of a known one, and no link`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let open = try #require(try await house.resetToken(for: "ada@example.com"))
        try await house.administration.disable(ada.id, by: .system)
        await #expect(throws: AuthError.linkRefused) {
            try await house.signIn.reset(open, password: new, from: House.origin)
        }
        for email in ["nobody@example.com", "ada@example.com"] {
            let mailbox = Mailbox()
            try await house.signIn.requestReset(email: email, from: House.origin, mail: mailbox.mail)
            guard case .noAccount(let address) = mailbox.all.first else {
                Issue.record("expected no account, got \(mailbox.all)")
                return
            }
            #expect(address.text == email && mailbox.all.count == 1)
        }
    }

    @Test func `an unknown address runs the statements of a known one`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        for email in ["ada@example.com", "nobody@example.com"] {
            _ = try await house.resetToken(for: email)
        }
        let rows: Int? = try await house.database.read {
            try $0.row("SELECT COUNT(*) AS n FROM one_time_tokens")?.get("n")
        }
        let entries = try await house.database.read { [audit = house.audit] in
            try audit.list(AuditFilter(action: .passwordResetRequested), in: $0).items
        }
        #expect(rows == 2 && entries.count == 2)
    }

    @Test func `mails are limited per account and address, and nobody else is kept from theirs`() async throws {
        let house = try await House(perAccount: RateLimit(3, per: .seconds(900)))
        try await house.register("ada@example.com")
        for email in ["ada@example.com", "nobody@example.com"] {
            for _ in 0..<3 { _ = try await house.resetToken(for: email) }
            await #expect(throws: AuthError.self) { try await house.resetToken(for: email) }
            await #expect(throws: AuthError.self, "one limit for all mails") {
                try await house.verificationToken(for: email)
            }
        }
        let elsewhere = RequestOrigin(address: "198.51.100.7")
        #expect(try await house.resetToken(for: "ada@example.com", from: elsewhere) != nil)
        #expect(try await house.canSignIn(), "sign-ins are counted apart")
    }

    @Test func `a mail that cannot be written down leaves the older link good`() async throws {
        struct Full: Error {}
        let house = try await House()
        try await house.register("ada@example.com")
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        await #expect(throws: AuthError.self) {
            try await house.signIn.requestReset(email: "ada@example.com", from: House.origin) { _, _ in throw Full() }
        }
        try await house.signIn.reset(token, password: new, from: House.origin)
    }
}
