import Auth
import Billing
import Jobs
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct BillingMailTests {
    private let letterbox = Letterbox()

    private func kiosk() async throws -> (Kiosk, Principal) {
        var options = SignInOptions()
        options.mail = .init(
            AccountLetters(from: try Mailbox("sounds@example.com"), site: "https://sounds.example.com"), by: letterbox)
        let kiosk = try await Kiosk(signIn: options)
        return (kiosk, .signedIn(try await kiosk.studio.register().id))
    }

    @Test func `a failed payment and an end are told once each, to whom they concern`() async throws {
        let (kiosk, ada) = try await kiosk()
        let id = try await kiosk.subscribe(to: "max", as: ada)
        try await kiosk.studio.work()
        #expect(letterbox.mails.isEmpty)
        let failed = try await kiosk.payments.failPayment(id)
        try await kiosk.studio.work()
        let mail = try #require(letterbox.mails.first)
        #expect(letterbox.mails.count == 1 && mail.to.address == "ada@example.com")
        #expect(mail.subject == "A payment has failed")
        let since = try #require(
            try await kiosk.subscriptions.overview(of: ada).subscription?.pastDueSince)
        #expect(mail.text.contains("has failed. Everything stays as it is until \(since + .days(7))."))
        #expect(failed.status == .pastDue)
        // The same again is no news.
        await kiosk.studio.useCases.upkeep.once()
        try await kiosk.studio.work()
        #expect(letterbox.mails.count == 1)
        _ = try await kiosk.payments.pay(id)
        try await kiosk.cancel(atPeriodEnd: false, as: ada)
        try await kiosk.studio.work()
        #expect(letterbox.mails.map(\.subject) == ["A payment has failed", "Your subscription has ended"])
        #expect(letterbox.mails[1].text.contains("does not grow any more"))
        #expect(letterbox.mails.allSatisfy { !$0.text.contains("  ") })
    }

    @Test func `a payment that is given up is told as the end`() async throws {
        let (kiosk, ada) = try await kiosk()
        let id = try await kiosk.subscribe(to: "max", as: ada)
        for _ in 1...2 {
            _ = try await kiosk.payments.failPayment(id)
            try await kiosk.studio.work()
        }
        #expect(letterbox.mails.map(\.subject) == ["A payment has failed", "Your subscription has ended"])
    }

    @Test func `four fifths and all of a limit are told once in a month, and anew in the next`() async throws {
        let (kiosk, ada) = try await kiosk()
        func upload() async throws {
            try await kiosk.studio.upload(MadeAudio.wav(bytes: 1_044), for: ada.user)
            try await kiosk.studio.work()
            try await kiosk.studio.work()
        }
        var subjects: [String] { letterbox.mails.map(\.subject) }
        for _ in 1...3 { try await upload() }
        #expect(subjects.isEmpty)
        try await upload()
        #expect(subjects == ["80 % of your plan's uploads are used"])
        try await upload()
        #expect(subjects == ["80 % of your plan's uploads are used", "Your plan's uploads are used up"])
        #expect(await refusal { try await kiosk.studio.upload(for: ada.user) } == "quotaExceeded")
        try await kiosk.studio.work()
        #expect(subjects.count == 2)
        kiosk.clock.advance(by: .days(31))
        for _ in 1...4 { try await upload() }
        #expect(subjects.count == 3 && subjects[2] == subjects[0])
        #expect(
            letterbox.mails[0].text.contains("Of the 5 uploads of your plan at https://sounds.example.com, 4 are used"))
    }

    @Test func `a service without mail goes on without`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.subscribe(to: "max")
        #expect(try await kiosk.payments.failPayment(id).status == .pastDue)
        #expect(try await kiosk.standing().ground == .grace)
        #expect(try await kiosk.studio.count("SELECT COUNT(*) AS n FROM jobs") == 0)
    }
}
