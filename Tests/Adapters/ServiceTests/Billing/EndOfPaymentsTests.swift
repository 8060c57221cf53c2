import Auth
import Billing
import Foundation
import Jobs
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// What becomes of what a deleted account pays for.
@Suite struct EndOfPaymentsTests {
    private static let tables: [SQL] = [
        "subscriptions", "subscription_pictures", "billing_customers", "invoices", "invoice_refunds", "customer_checks",
    ]

    private func jobs(_ studio: Studio, of kind: String) async throws -> [Job] {
        let queue = studio.useCases.uploads.queue
        return try await studio.database.read { session in
            try session.rows("SELECT id FROM jobs WHERE kind = \(kind)").compactMap {
                try queue.find($0.get("id"), in: session)
            }
        }
    }

    @Test func `it is cancelled at the provider, and nothing of it stays here`() async throws {
        let kiosk = try await Kiosk()
        let user = try await kiosk.studio.register()
        let caller = try await kiosk.studio.signIn()
        let id = try await kiosk.subscribe(to: "max", as: caller)
        _ = try await kiosk.payments.failPayment(id)
        let bystander = try await kiosk.subscribe(to: "max")
        _ = try await kiosk.studio.useCases.accounts.delete(caller, password: Studio.password, from: .test)
        for _ in 1...3 {
            try await kiosk.studio.work()
            kiosk.clock.advance(by: .seconds(600))
        }
        #expect(try await kiosk.payments.subscription(id).status == .canceled)
        #expect(try await kiosk.payments.subscription(bystander).status == .active)
        for table in Self.tables.prefix(3) {
            #expect(try await kiosk.studio.count("SELECT COUNT(*) AS n FROM \(table)") == 1, "\(table)")
        }
        #expect(try await kiosk.studio.count("SELECT COUNT(*) AS n FROM subscriptions WHERE account = \(user.id)") == 0)
        let theirs = try await kiosk.payments.subscription(id).customer
        #expect(try await kiosk.studio.count("SELECT COUNT(*) AS n FROM invoices WHERE customer = \(theirs)") == 0)
        #expect(
            try await kiosk.studio.count(
                "SELECT COUNT(*) AS n FROM webhook_events WHERE customer = \(theirs) AND body IS NOT NULL") == 0)
        #expect(try await kiosk.standing().plan == "max")
    }

    @Test func `what the provider tells of one who is gone is not kept`() async throws {
        let kiosk = try await Kiosk()
        let user = try await kiosk.studio.register()
        let caller = try await kiosk.studio.signIn()
        let id = try await kiosk.subscribe(to: "max", as: caller)
        let picture = try await kiosk.payments.subscription(id)
        _ = try await kiosk.studio.useCases.accounts.delete(caller, password: Studio.password, from: .test)
        for _ in 1...3 { try await kiosk.studio.work() }
        let intake = kiosk.payments.intake
        var ended = picture
        ended.status = .canceled
        for content in [
            .subscription(ended),
            .invoice(
                Invoice(
                    id: "in_late", customer: picture.customer, subscription: id, status: .paid, currency: "usd",
                    total: 100, createdAt: kiosk.clock.now())),
            .checkout(customer: picture.customer, account: user.id, subscription: id),
            .refund("in_late", customer: picture.customer, total: 100),
        ] as [PaymentEvent.Content] {
            let event = PaymentEvent(
                id: try #require(EventID("evt_\(UUID())")), type: "late", createdAt: kiosk.clock.now(), content: content
            )
            let body = Array(try JSONText.encode(event).utf8)
            #expect(try await intake.accept(body) == .ignored)
            #expect(try await intake.accept(body) == .duplicate)
        }
        for table in Self.tables {
            #expect(try await kiosk.studio.count("SELECT COUNT(*) AS n FROM \(table)") == 0, "\(table)")
        }
        #expect(try await kiosk.studio.count("SELECT COUNT(*) AS n FROM webhook_events WHERE body IS NOT NULL") == 0)
    }

    @Test func `a provider that is away is asked again until it is done`() async throws {
        let provider = ScriptedPayments()
        let (studio, caller) = try await subscribed(provider)
        provider.answer(with: .unavailable("away"))
        _ = try await studio.useCases.accounts.delete(caller, password: Studio.password, from: .test)
        for _ in 1...5 {
            try await studio.work()
            studio.clock.advance(by: .seconds(3600))
        }
        let waiting = try #require(try await jobs(studio, of: EndSubscriptions.kind).first)
        #expect(waiting.completedAt == nil && waiting.course.attempts == 5)
        #expect(provider.asked.filter { $0 == "cancel sub_1" }.count == 5)
        provider.answer(with: nil)
        try await studio.work()
        let done = try #require(try await jobs(studio, of: EndSubscriptions.kind).first)
        #expect(done.course.state.status == .completed)
        #expect(try await provider.subscription("sub_1").status == .canceled)
    }

    @Test(arguments: [PaymentError.refused("it has ended"), .notFound])
    func `what has ended already is done`(_ answer: PaymentError) async throws {
        let provider = ScriptedPayments()
        let (studio, caller) = try await subscribed(provider)
        _ = try await studio.useCases.accounts.delete(caller, password: Studio.password, from: .test)
        _ = try await provider.cancel("sub_1", atPeriodEnd: false, once: RequestKey("before"))
        provider.answer(with: answer)
        try await studio.work()
        let done = try #require(try await jobs(studio, of: EndSubscriptions.kind).first)
        #expect(done.course.state.status == .completed)
    }

    @Test func `what the provider will not end is not taken for ended`() async throws {
        let provider = ScriptedPayments()
        let (studio, caller) = try await subscribed(provider)
        provider.answer(with: .refused("no"))
        _ = try await studio.useCases.accounts.delete(caller, password: Studio.password, from: .test)
        try await studio.work()
        let job = try #require(try await jobs(studio, of: EndSubscriptions.kind).first)
        #expect(job.completedAt == nil && job.error == "the provider refuses to end it")
    }

    @Test func `who pays for nothing leaves no such job`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.studio.register()
        let caller = try await kiosk.studio.signIn()
        try await kiosk.subscribe(to: "max", as: caller)
        try await kiosk.cancel(atPeriodEnd: false, as: caller)
        _ = try await kiosk.studio.useCases.accounts.delete(caller, password: Studio.password, from: .test)
        #expect(try await jobs(kiosk.studio, of: EndSubscriptions.kind).isEmpty)
    }

    @Test func `what is paid for and used is in what an account takes away`() async throws {
        let kiosk = try await Kiosk()
        let user = try await kiosk.studio.register()
        let caller = try await kiosk.studio.signIn()
        let id = try await kiosk.subscribe(to: "max", as: caller)
        try await kiosk.subscribe(to: "lite")
        try await kiosk.studio.upload(for: user.id)
        try await kiosk.studio.work()
        var bytes: [UInt8] = []
        try await kiosk.studio.useCases.accounts.archive(of: caller).write { bytes += $0 }
        let document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let subscriptions = try #require(document["subscriptions"] as? [[String: Any]])
        #expect(subscriptions.count == 1 && subscriptions[0]["status"] as? String == "active")
        #expect(String(decoding: bytes, as: UTF8.self).contains(id.text))
        #expect((document["invoices"] as? [[String: Any]])?.map { $0["total"] as? Int } == [2_900])
        #expect((document["usage"] as? [[String: Any]])?.map { $0["feature"] as? String } == ["analysis"])
    }

    /// Somebody who pays for pro at a provider that does as it is told.
    private func subscribed(_ provider: ScriptedPayments) async throws -> (Studio, Principal) {
        let studio = try await Studio(
            book: try .kiosk(), payments: PaymentOptions(.provider(provider, webhookSecrets: ["whsec_1"])))
        let user = try await studio.register()
        let now = studio.clock.now()
        let picture = Subscription(
            id: "sub_1", customer: "cus_1", account: user.id, status: .active, items: [.init(price: "pro-month-1")],
            period: BillingPeriod(start: now, end: now + .days(30)), createdAt: now)
        provider.know(picture)
        _ = try await studio.database.write { session in
            try Billing.Subscriptions().note(picture, at: now, from: .asked(now), in: session)
        }
        return (studio, try await studio.signIn())
    }
}
