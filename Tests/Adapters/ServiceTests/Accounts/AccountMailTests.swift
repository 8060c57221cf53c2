import Auth
import Billing
import Jobs
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import WaxwingService

@Suite struct AccountMailTests {
    private func studio(
        _ registration: Registration, _ letterbox: Letterbox
    ) async throws -> Studio {
        var options = SignInOptions()
        options.registration = registration
        options.mail = .init(
            AccountLetters(from: try Mailbox("sounds@example.com"), site: "https://sounds.example.com"), by: letterbox)
        return try await Studio(signIn: options)
    }

    @Test func `an address is confirmed by its mail before anybody signs in with it`() async throws {
        let letterbox = Letterbox()
        let studio = try await studio(Registration(.open, requiresVerifiedEmail: true), letterbox)
        let accounts = studio.useCases.accounts
        let first = try await accounts.register(
            email: "ada@example.com", password: Studio.password, name: nil, from: .test)
        guard case .awaitsConfirmation = first else { return #expect(Bool(false), "it is ready already") }
        try await studio.work()
        #expect(letterbox.mails.map(\.to.address) == ["ada@example.com"])
        let token = try letterbox.token(for: "verify")
        #expect(await refusal { try await studio.signIn() } == "unauthorized")
        // Only who registered it: a click on a link one did not ask for opens nothing.
        #expect(
            await refusal { try await accounts.verify(token, password: "a guess at it", from: .test) } == "unauthorized"
        )
        #expect(await refusal { try await studio.signIn() } == "unauthorized")
        #expect(try await accounts.verify(token, password: Studio.password, from: .test).emailVerifiedAt != nil)
        #expect(await refusal { try await accounts.verify(token, password: Studio.password, from: .test) } == "invalid")
        #expect(try await studio.signIn().role == .user)

        // Whoever registers it again gets the same answer; its reader alone learns more.
        let again = try await accounts.register(
            email: "ada@example.com", password: "another one 77", name: nil, from: .test)
        guard case .awaitsConfirmation = again else { return #expect(Bool(false), "the address is told") }
        try await studio.work()
        #expect(letterbox.mails.last?.subject == "You have an account already")
        #expect(try await studio.signIn().role == .user)
    }

    @Test func `a forgotten password is chosen anew by mail, once`() async throws {
        let letterbox = Letterbox()
        let studio = try await studio(.open, letterbox)
        try await studio.register()
        let before = try await studio.signIn()
        let accounts = studio.useCases.accounts
        try await accounts.requestReset(email: "ada@example.com", from: .test)
        try await studio.work()
        let token = try letterbox.token(for: "reset")
        #expect(await refusal { try await accounts.reset(token, password: "short", from: .test) } == "invalid")
        try await accounts.reset(token, password: "another one 77", from: .test)
        #expect(await refusal { try await accounts.reset(token, password: "a third one 78", from: .test) } == "invalid")
        #expect(await refusal { try await studio.signIn() } == "unauthorized")
        #expect(
            await refusal {
                try await studio.useCases.signIn.signIn(
                    email: "ada@example.com", password: "another one 77", from: .test)
            } == nil)
        let live = try await studio.useCases.signIn.sessions(of: before).map(\.id)
        #expect(!live.contains { $0 == before.session })
        try await studio.work()
        #expect(letterbox.mails.last?.subject == "Your password was changed")
    }

    @Test func `links lead to the configured site, and unknown addresses are answered by mail alone`() async throws {
        let letterbox = Letterbox()
        let studio = try await studio(.open, letterbox)
        try await studio.useCases.accounts.requestReset(email: "eve@example.com", from: .test)
        try await studio.work()
        #expect(letterbox.mails.map(\.subject) == ["There is no account with this address"])
        #expect(letterbox.mails.allSatisfy { !$0.text.contains("token=") })
    }

    @Test func `who is invited makes an account, and nobody else`() async throws {
        let letterbox = Letterbox()
        let studio = try await studio(Registration(.invitation), letterbox)
        #expect(await refusal { try await studio.register("eve@example.com") } == "forbidden")
        try await studio.useCases.accountOperation.invite("grace@example.com", as: .admin)
        try await studio.work()
        let token = try letterbox.token(for: "invitation")
        let accounts = studio.useCases.accounts
        #expect(try await accounts.invited(by: token)?.text == "grace@example.com")
        let user = try await accounts.accept(token, password: Studio.password, name: "Grace", from: .test)
        #expect(user.role == .admin && user.emailVerifiedAt != nil)
        #expect(try await accounts.invited(by: token) == nil)
        #expect(
            await refusal { try await accounts.accept(token, password: Studio.password, name: nil, from: .test) }
                == "invalid")
        #expect(try await accounts.overview(of: studio.signIn("grace@example.com")).entitlement.planName == "basic")
    }

    @Test func `strangers fill no mailbox, and keep nobody from their link`() async throws {
        let letterbox = Letterbox()
        let studio = try await studio(.open, letterbox)
        try await studio.register()
        let accounts = studio.useCases.accounts
        for number in 0..<30 {
            try await accounts.requestReset(
                email: "ada@example.com", from: RequestOrigin(address: "198.51.100.\(number)"))
        }
        try await studio.work()
        #expect(letterbox.mails.count == 5)
        // They may come in any order; the last that was asked for is good.
        var good = 0
        for mail in letterbox.mails {
            let token = try #require(mail.text.firstMatch(of: /reset\?token=([\w-]+)/)).1
            if await refusal({ try await accounts.reset(String(token), password: "another one 77", from: .test) })
                == nil
            {
                good += 1
            }
        }
        #expect(good == 1)
    }

    @Test func `of mails that were sent nothing is kept`() async throws {
        let letterbox = Letterbox()
        let studio = try await studio(.open, letterbox)
        try await studio.register()
        try await studio.useCases.accounts.requestReset(email: "ada@example.com", from: .test)
        try await studio.work()
        try await studio.work()
        let token = try letterbox.token(for: "reset")
        #expect(
            try await studio.count(
                "SELECT COUNT(*) AS n FROM outbox_messages WHERE content LIKE \("%\(token)%") OR content LIKE '%ada@%'")
                == 0)
    }

    @Test func `without mail there is nothing to ask for`() async throws {
        let studio = try await Studio()
        let accounts = studio.useCases.accounts
        #expect(await refusal { try await accounts.requestReset(email: "a@example.com", from: .test) } == "unavailable")
        #expect(
            await refusal { try await accounts.requestVerification(email: "a@example.com", from: .test) }
                == "unavailable")
        #expect(!accounts.waysIn.sendsMail)
    }
}
