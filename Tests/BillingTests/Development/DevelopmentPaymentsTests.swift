import Foundation
import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct DevelopmentPaymentsTests {
    /// A customer of the development provider.
    private struct Shop {
        let counter: Counter
        let payments: DevelopmentPayments
        let account = AccountID.random()
        let customer: CustomerID

        init() async throws {
            counter = try await Counter()
            payments = DevelopmentPayments(
                counter.database, baseURL: "http://localhost:8080", clock: counter.clock, effect: Counter.enter)
            let offer = PriceOffer(
                name: reference("pro-month-1"), product: "Pro", amount: 999, currency: "usd", interval: .month)
            _ = try await payments.publish([offer])
            customer = try await payments.createCustomer(
                NewCustomer(account: account, email: nil), once: RequestKey("customer", account.text))
        }

        func subscribe(trialDays: Int = 0, paying: Bool = true) async throws -> Subscription {
            let checkout = try await checkout(trialDays: trialDays)
            return try await payments.complete(checkout: checkout.id, paying: paying)
        }

        func checkout(trialDays: Int = 0, key: String = UUID().uuidString) async throws -> Checkout {
            try await payments.startCheckout(
                NewCheckout(
                    account: account, customer: customer,
                    items: [Subscription.Item(price: reference("pro-month-1"))], trialDays: trialDays,
                    successURL: "http://localhost:8080/", cancelURL: "http://localhost:8080/"), once: RequestKey(key))
        }

        /// As the service sees it.
        func status(_ id: SubscriptionID) async throws -> SubscriptionStatus? { try await counter.find(id)?.status }

        func invoices() async throws -> [Invoice] {
            try await counter.database.read { try Invoices().list(of: account, in: $0).items }
        }
    }

    @Test func `a checkout makes a subscription that is paid for`() async throws {
        let shop = try await Shop()
        let checkout = try await shop.checkout()
        #expect(checkout.url == "http://localhost:8080/dev/checkout/\(checkout.id)")
        let made = try await shop.payments.complete(checkout: checkout.id)
        let again = try await shop.payments.complete(checkout: checkout.id)
        #expect(made == again)
        let seen = try #require(try await shop.counter.find(made.id))
        #expect((seen.status, seen.account) == (.active, shop.account))
        #expect(seen.period?.end == moment("2026-12-22T12:00:00.000Z"))
        #expect(try await shop.invoices().map(\.paid) == [999])
        let current = try await shop.counter.database.read { session in
            try shop.counter.subscriptions.current(of: shop.account, in: session)
        }
        #expect(current == seen)
        let effects = try await shop.counter.effects()
        #expect(effects.count == 3 && effects.values.allSatisfy { $0 == 1 })
    }

    @Test func `a request that is made again has one effect`() async throws {
        let shop = try await Shop()
        let customer = try await shop.payments.createCustomer(
            NewCustomer(account: shop.account, email: nil), once: RequestKey("customer", shop.account.text))
        #expect(customer == shop.customer)
        #expect(try await shop.checkout(key: "once") == shop.checkout(key: "once"))
        let made = try await shop.subscribe()
        let first = try await shop.payments.cancel(made.id, atPeriodEnd: true, once: RequestKey("cancel"))
        let effects = try await shop.counter.effects().count
        #expect(try await shop.payments.cancel(made.id, atPeriodEnd: true, once: RequestKey("cancel")) == first)
        #expect(try await shop.counter.effects().count == effects)
    }

    @Test func `a trial goes on, is paused, or is resumed`() async throws {
        let shop = try await Shop()
        let trial = try await shop.subscribe(trialDays: 14)
        #expect(try await shop.status(trial.id) == .trialing)
        #expect(try await shop.invoices().isEmpty)
        _ = try await shop.payments.pause(trial.id)
        #expect(try await shop.status(trial.id) == .paused)
        _ = try await shop.payments.resume(trial.id, once: RequestKey("resume"))
        #expect(try await shop.status(trial.id) == .active)

        let other = try await shop.subscribe(trialDays: 14)
        _ = try await shop.payments.advance(other.id, to: shop.counter.clock.now() + .seconds(14 * 86_400))
        #expect(try await shop.status(other.id) == .active)
    }

    @Test func `payments fail, are made good, or are given up`() async throws {
        let shop = try await Shop()
        let made = try await shop.subscribe()
        _ = try await shop.payments.failPayment(made.id)
        #expect(try await shop.status(made.id) == .pastDue)
        #expect(try await shop.counter.find(made.id)?.pastDueSince != nil)
        _ = try await shop.payments.pay(made.id)
        #expect(try await shop.status(made.id) == .active)
        #expect(try await shop.counter.find(made.id)?.pastDueSince == nil)
        for _ in 1...2 { _ = try await shop.payments.failPayment(made.id) }
        #expect(try await shop.status(made.id) == .unpaid)
        await #expect(throws: PaymentError.self) { try await shop.payments.failPayment(made.id) }
        _ = try await shop.payments.expire(made.id)
        #expect(try await shop.status(made.id) == .canceled)
        #expect(try await shop.invoices().map(\.status.rawValue).sorted() == ["paid", "paid", "void"])
        await #expect(throws: PaymentError.self) { try await shop.payments.pay(made.id) }
    }

    @Test func `a first payment that fails expires after 23 hours`() async throws {
        let shop = try await Shop()
        let made = try await shop.subscribe(paying: false)
        #expect(try await shop.status(made.id) == .incomplete)
        let start = shop.counter.clock.now()
        _ = try await shop.payments.advance(made.id, to: start + .seconds(23 * 3_600 - 1))
        #expect(try await shop.status(made.id) == .incomplete)
        _ = try await shop.payments.advance(made.id, to: start + .seconds(23 * 3_600))
        #expect(try await shop.status(made.id) == .incompleteExpired)
    }

    @Test func `a cancellation waits for the end of the period, and can be taken back until then`() async throws {
        let shop = try await Shop()
        let made = try await shop.subscribe()
        _ = try await shop.payments.cancel(made.id, atPeriodEnd: true, once: RequestKey("1"))
        #expect(try await shop.counter.find(made.id)?.cancelsAtPeriodEnd == true)
        #expect(try await shop.status(made.id) == .active)
        _ = try await shop.payments.resume(made.id, once: RequestKey("2"))
        #expect(try await shop.counter.find(made.id)?.cancelsAtPeriodEnd == false)
        _ = try await shop.payments.advance(made.id, to: moment("2027-02-01T00:00:00.000Z"))
        #expect(try await shop.counter.find(made.id)?.period?.start == moment("2027-01-22T12:00:00.000Z"))
        _ = try await shop.payments.cancel(made.id, atPeriodEnd: true, once: RequestKey("3"))
        _ = try await shop.payments.advance(made.id, to: moment("2027-03-01T00:00:00.000Z"))
        #expect(try await shop.status(made.id) == .canceled)
    }

    @Test func `a change of plan and a refund are told of`() async throws {
        let shop = try await Shop()
        let made = try await shop.subscribe()
        let large = Subscription.Item(price: reference("studio-month-1"))
        _ = try await shop.payments.change(made.id, by: SubscriptionChange(items: [large]), once: RequestKey("1"))
        #expect(try await shop.counter.find(made.id)?.items == [large])
        let invoice = try #require(try await shop.invoices().first)
        _ = try await shop.payments.refund(invoice.id, total: 500)
        #expect(try await shop.invoices().map(\.refunded) == [500])
        await #expect(throws: PaymentError.self) { try await shop.payments.refund(invoice.id, total: 1_000) }
    }

    @Test func `all it tells ends in the same row in any order`() async throws {
        let shop = try await Shop()
        let made = try await shop.subscribe()
        _ = try await shop.payments.failPayment(made.id)
        _ = try await shop.payments.pay(made.id)
        _ = try await shop.payments.cancel(made.id, atPeriodEnd: true, once: RequestKey("1"))
        let bodies = try await shop.counter.database.read { session in
            try session.rows("SELECT body FROM webhook_events").map { try $0.get("body", as: [UInt8].self) }
        }
        let truth = try await shop.counter.find(made.id)
        let invoices = Set(try await shop.invoices().map { "\($0)" })
        var random = SplitMix64(seed: 9)
        for _ in 0..<10 {
            let other = try await Counter()
            for body in (bodies + bodies).shuffled(using: &random) { _ = try await other.intake.accept(body) }
            #expect(try await other.find(made.id) == truth)
            let seen = try await other.database.read { try Invoices().list(of: shop.account, in: $0).items }
            #expect(Set(seen.map { "\($0)" }) == invoices)
        }
    }

    @Test func `nothing can be sent to it from outside`() async throws {
        let shop = try await Shop()
        let event = PaymentEvent.of(.picture(for: shop.account, .active), "evt_1", at: 100)
        let body = try Counter.body(event)
        let header = try #require(shop.counter.signature.header(for: body, at: shop.counter.clock.now()))
        await #expect(throws: WebhookIntakeError.signature(.wrongCode)) {
            try await shop.payments.intake.receive(body, signature: header)
        }
    }

    @Test func `another account's customer has no checkout`() async throws {
        let shop = try await Shop()
        await #expect(throws: PaymentError.notFound) {
            try await shop.payments.startCheckout(
                NewCheckout(
                    account: .random(), customer: shop.customer, items: [], successURL: "", cancelURL: ""),
                once: RequestKey("x"))
        }
    }
}
