import Billing
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct ProviderRefusalTests {
    /// A studio whose account pays for pro at a provider that does as it is told.
    private func subscribed(
        _ provider: ScriptedPayments, _ status: SubscriptionStatus = .active
    ) async throws -> Studio {
        let studio = try await Studio(
            book: try .kiosk(),
            payments: PaymentOptions(
                .provider(provider, webhookSecrets: ["whsec_1"]), site: "https://sounds.example.com"))
        let now = studio.clock.now()
        let picture = Subscription(
            id: "sub_1", customer: "cus_1", account: studio.account, status: status,
            items: [.init(price: "pro-month-1")],
            period: BillingPeriod(start: now, end: now + .days(30)), createdAt: now)
        provider.know(picture)
        _ = try await studio.database.write { session in
            try Billing.Subscriptions().note(picture, at: now, from: .asked(now), in: session)
        }
        return studio
    }

    /// Everything that is asked of the provider, by name.
    private func calls(_ studio: Studio) -> [(String, @Sendable () async throws -> Void)] {
        let (subscriptions, caller) = (studio.useCases.subscriptions, studio.caller)
        return [
            ("cancel", { _ = try await subscriptions.cancel(atPeriodEnd: true, for: caller, from: .test) }),
            ("cancel now", { _ = try await subscriptions.cancel(atPeriodEnd: false, for: caller, from: .test) }),
            ("resume", { _ = try await subscriptions.resume(for: caller, from: .test) }),
            (
                "change",
                {
                    _ = try await subscriptions.change(
                        to: PlanWish(plan: "max", interval: nil, addOns: [:]), for: caller, from: .test)
                }
            ),
            ("portal", { _ = try await subscriptions.openPortal(for: caller, returningTo: nil, servedAt: nil) }),
        ]
    }

    static let answers: [(PaymentError, String)] = [
        (.refused("no"), "conflict"), (.declined("no money"), "unprocessable"), (.notFound, "conflict"),
        (.unavailable("away"), "unavailable"), (.unauthorized, "unavailable"), (.unreadable("?"), "unavailable"),
    ]

    @Test(arguments: answers)
    func `what the provider says no to changes nothing here`(_ error: PaymentError, _ expected: String) async throws {
        let provider = ScriptedPayments()
        let studio = try await subscribed(provider)
        let before = try await studio.useCases.subscriptions.overview(of: studio.caller)
        provider.answer(with: error)
        for (name, call) in calls(studio) { #expect(await refusal(call) == expected, "\(name)") }
        let after = try await studio.useCases.subscriptions.overview(of: studio.caller)
        #expect(after.entitlement == before.entitlement && after.subscription == before.subscription)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM audit_log WHERE action LIKE 'billing.%'") == 0)
        provider.answer(with: nil)
        for (name, call) in calls(studio) where name != "cancel now" {
            #expect(await refusal(call) == nil, "\(name)")
        }
    }

    @Test(arguments: answers)
    func `a checkout that cannot be begun leaves nothing that keeps the next from it`(
        _ error: PaymentError, _ expected: String
    ) async throws {
        let provider = ScriptedPayments()
        let studio = try await subscribed(provider, .canceled)
        let wish = PlanWish(plan: "pro", interval: nil, addOns: [:])
        let subscribe: () async throws -> Void = {
            _ = try await studio.useCases.subscriptions.subscribe(
                to: wish, comingBackTo: nil, orTo: nil, servedAt: nil, for: studio.caller, from: .test)
        }
        provider.answer(with: error)
        #expect(await refusal(subscribe) == expected)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM audit_log") == 0)
        provider.answer(with: nil)
        #expect(await refusal(subscribe) == nil)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM audit_log") == 1)
    }

    @Test func `what is the operator's to mend is not told to the caller`() async throws {
        let provider = ScriptedPayments()
        let studio = try await subscribed(provider)
        provider.answer(with: .unavailable("key sk_live_123 at 10.0.0.1"))
        for (name, call) in calls(studio) {
            do {
                try await call()
                Issue.record("\(name) was done")
            } catch {
                #expect(!"\(error)".contains("sk_live"))
            }
        }
    }

    @Test func `a service that takes no money says so, and still tells what is had`() async throws {
        let studio = try await Studio(book: try .kiosk())
        let subscriptions = studio.useCases.subscriptions
        #expect(!subscriptions.takesPayments && subscriptions.development == nil)
        for (name, call) in calls(studio) { #expect(await refusal(call) == "unavailable", "\(name)") }
        #expect(
            await refusal {
                try await subscriptions.subscribe(
                    to: PlanWish(plan: "pro", interval: nil, addOns: [:]), comingBackTo: nil, orTo: nil, servedAt: nil,
                    for: studio.caller, from: .test)
            } == "unavailable")
        #expect(await refusal { try await subscriptions.receive([], signature: "") } == "notFound")
        #expect(try await subscriptions.overview(of: studio.caller).entitlement.planName == "free")
        #expect(try await subscriptions.invoices(of: studio.caller, PageRequest()).items.isEmpty)
        #expect(Set(subscriptions.offers.map(\.name)) == ["free", "lite", "pro", "max"])
        #expect(await refusal { try await studio.useCases.billingOperation.reconcile() } == "unavailable")
        try await studio.useCases.upkeep.run(.payments)
    }

    @Test func `the development provider takes nothing from outside`() async throws {
        let kiosk = try await Kiosk()
        #expect(await refusal { try await kiosk.subscriptions.receive(Array("{}".utf8), signature: "") } == "notFound")
    }

    @Test func `who has one is sent to change it, and has not two`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.subscribe(to: "pro")
        #expect(await refusal { try await kiosk.checkout("max") } == "conflict")
        _ = try await kiosk.payments.failPayment(try #require(try await subscription(kiosk)))
        #expect(await refusal { try await kiosk.checkout("max") } == "conflict")
        try await kiosk.cancel(atPeriodEnd: false)
        try await kiosk.subscribe(to: "max")
        #expect(try await kiosk.standing() == Standing("max", .subscription, .active))
    }

    @Test func `a trial is for who never had a subscription`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.subscribe(to: "pro")
        #expect(try await kiosk.standing().status == .trialing)
        try await kiosk.cancel(atPeriodEnd: false)
        try await kiosk.subscribe(to: "pro")
        #expect(try await kiosk.standing().status == .active)
    }

    @Test func `of several that subscribe at once one customer comes`() async throws {
        let kiosk = try await Kiosk()
        let checkouts = try await withThrowingTaskGroup { group in
            for _ in 1...8 { group.addTask { try await kiosk.checkout("pro") } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1.id) }
        }
        #expect(checkouts.count == 8)
        #expect(try await kiosk.studio.count("SELECT COUNT(*) AS n FROM billing_customers") == 1)
        // One of them is open still, and nobody pays for two; also when it is pressed twice.
        var made: Set<SubscriptionID> = []
        for checkout in Array(checkouts) + Array(checkouts) {
            if let paid = try? await kiosk.payments.complete(checkout: checkout) { made.insert(paid.id) }
        }
        #expect(made.count == 1)
        #expect(try await subscription(kiosk) == made.first)
    }

    private func subscription(_ kiosk: Kiosk) async throws -> SubscriptionID? {
        try await kiosk.subscriptions.overview(of: kiosk.caller).subscription?.id
    }
}
