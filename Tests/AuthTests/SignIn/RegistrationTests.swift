import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct RegistrationTests {
    private func invite(
        _ email: String = "ada@example.com", role: Role = .user, registration: Registration, in house: House
    ) async throws -> String {
        let mailbox = Mailbox()
        try await Invitations(house.database, registration: registration, clock: house.clock)
            .invite(email: email, role: role, by: .system, mail: mailbox.mail)
        return try #require(mailbox.lastToken).text
    }

    private func byMail(
        _ email: String = "ada@example.com", password: String = House.password, in house: House
    ) async throws -> Mailbox {
        let mailbox = Mailbox()
        try await house.signIn.registerByMail(
            email: email, password: password, from: House.origin, mail: mailbox.mail)
        return mailbox
    }

    @Test func `who may register is decided in one place`() {
        #expect(throws: Never.self) { try Registration.open.allow(invited: false) }
        #expect(throws: AuthError.invitationNeeded) { try Registration(.invitation).allow(invited: false) }
        #expect(throws: Never.self) { try Registration(.invitation).allow(invited: true) }
        for invited in [true, false] {
            #expect(throws: AuthError.registrationClosed) { try Registration(.closed).allow(invited: invited) }
        }
    }

    @Test func `nobody registers where it is closed, and only who is invited where that is needed`() async throws {
        let closed = try await House(registration: Registration(.closed))
        await #expect(throws: AuthError.registrationClosed) { try await closed.register("ada@example.com") }
        await #expect(throws: AuthError.registrationClosed) { try await byMail(in: closed) }
        await #expect(throws: AuthError.registrationClosed) {
            try await invite(registration: Registration(.closed), in: closed)
        }
        let asking = try await House(registration: Registration(.invitation))
        await #expect(throws: AuthError.invitationNeeded) { try await asking.register("ada@example.com") }
        await #expect(throws: AuthError.invitationNeeded) { try await byMail(in: asking) }
        let users = try await asking.database.read { try Users(asking.database).list(in: $0).items }
        #expect(users.isEmpty)
    }

    @Test func `an invitation carries address and role, and the address is verified`() async throws {
        let policy = Registration(.invitation, requiresVerifiedEmail: true)
        let house = try await House(registration: policy)
        let invitation = try await invite(role: .admin, registration: policy, in: house)
        let invitations = Invitations(house.database, registration: policy, clock: house.clock)
        let shown = try #require(try await invitations.find(invitation))
        #expect(shown.email.text == "ada@example.com" && shown.role == .admin)
        let ada = try await house.signIn.accept(
            invitation: invitation, password: House.password, name: "Ada", from: House.origin)
        #expect(ada.email.text == "ada@example.com" && ada.role == .admin && ada.emailVerifiedAt != nil)
        #expect(try await house.find(ada.id) == ada)
        #expect(try await house.canSignIn())
        #expect(try await invitations.find(invitation) == nil)
        await #expect(throws: AuthError.linkRefused) {
            try await house.signIn.accept(invitation: invitation, password: House.password, from: House.origin)
        }
    }

    @Test func `an invitation that was replaced, withdrawn, is too old or guessed registers nobody`() async throws {
        let policy = Registration(.invitation)
        let house = try await House(registration: policy)
        let invitations = Invitations(house.database, registration: policy, clock: house.clock)
        let replaced = try await invite(role: .admin, registration: policy, in: house)
        let lesser = try await invite(registration: policy, in: house)
        let withdrawn = try await invite("grace@example.com", registration: policy, in: house)
        try await invitations.withdraw(EmailAddress("grace@example.com"))
        for token in [replaced, withdrawn, OneTimeToken.random().text, ""] {
            await #expect(throws: AuthError.linkRefused) {
                try await house.signIn.accept(invitation: token, password: House.password, from: House.origin)
            }
        }
        house.clock.advance(by: .seconds(7 * 24 * 3600))
        await #expect(throws: AuthError.linkRefused) {
            try await house.signIn.accept(invitation: lesser, password: House.password, from: House.origin)
        }
    }

    @Test func `of two who accept an invitation at once, one registers`() async throws {
        let policy = Registration(.invitation)
        let house = try await House(registration: policy)
        for round in 0..<Rounds.count(5) {
            let token = try await invite("user\(round)@example.com", registration: policy, in: house)
            let made = await withTaskGroup(of: User?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try? await house.signIn.accept(
                            invitation: token, password: House.password, from: House.origin)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
            }
            #expect(made.count == 1)
        }
    }

    @Test func `who showed their address in another way takes their invitation without the link`() async throws {
        let policy = Registration(.invitation)
        let house = try await House(registration: policy)
        let token = try await invite(role: .service, registration: policy, in: house)
        let invitations = Invitations(house.database, registration: policy, clock: house.clock)
        let (ada, grace) = (try EmailAddress("ada@example.com"), try EmailAddress("grace@example.com"))
        #expect(try await house.database.write { try invitations.take(grace, in: $0) } == nil)
        #expect(try await house.database.write { try invitations.take(ada, in: $0) } == .service)
        #expect(try await house.database.write { try invitations.take(ada, in: $0) } == nil)
        #expect(try await invitations.find(token) == nil)
    }

    @Test func `a registered address is not invited`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        await #expect(throws: AuthError.emailTaken) { try await invite(registration: .open, in: house) }
    }

    @Test func `by mail, a known address gets the answer of a new one, and another mail`() async throws {
        let house = try await House(registration: Registration(.open, requiresVerifiedEmail: true))
        let first = try await byMail(in: house)
        guard case .confirmAddress(let ada, _) = first.all.first else {
            Issue.record("expected a link to confirm, got \(first.all)")
            return
        }
        let second = try await byMail(password: "a stranger's own password", in: house)
        guard case .accountExists(let known) = second.all.first else {
            Issue.record("expected word of the account, got \(second.all)")
            return
        }
        #expect(known.id == ada.id && first.all.count == 1 && second.all.count == 1)
        let token = try #require(first.lastToken).text
        try await house.signIn.verifyEmail(token, password: House.password, from: House.origin)
        #expect(try await house.canSignIn(), "the stranger's password is nobody's")
        #expect(try await !house.canSignIn(password: "a stranger's own password"))
    }

    @Test func `signing in does not tell what registering by mail does not`() async throws {
        let house = try await House(registration: Registration(.open, requiresVerifiedEmail: true))
        let known = try await byMail("ada@example.com", in: house)
        try await house.signIn.verifyEmail(
            #require(known.lastToken).text, password: House.password, from: House.origin)
        for email in ["ada@example.com", "grace@example.com"] {
            _ = try await byMail(email, password: "a stranger's own password", in: house)
            await #expect(throws: AuthError.wrongCredentials) {
                try await house.login(email, password: "a stranger's own password")
            }
        }
    }

    @Test func `of many who register an address by mail at once, one account is made`() async throws {
        let house = try await House(registration: Registration(.open, requiresVerifiedEmail: true))
        let mailbox = Mailbox()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await house.signIn.registerByMail(
                        email: "ada@example.com", password: "choice of \(number)", from: House.origin,
                        mail: mailbox.mail)
                }
            }
            try await group.waitForAll()
        }
        let links = mailbox.all.count { if case .confirmAddress = $0 { true } else { false } }
        #expect(links == 1 && mailbox.all.count == 8)
    }
}
