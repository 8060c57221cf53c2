import Billing
import Storage
import Testing

@testable import WaxwingProviders

/// Against somebody else's idea of Stripe, as far as it goes: it has no checkout, portal, prices, prorations and keys.
@Suite(
    .enabled(
        if: StripeServer.localstripe != nil,
        "set TEST_LOCALSTRIPE_BASE (Scripts/localstripe-server.sh start DIR) to check payments against localstripe"))
struct LocalstripeTests {
    private let server: StripeServer
    private var stripe: StripePayments { server.payments }

    init() throws {
        server = try StripeServer.others()
    }

    private func subscribed() async throws -> (customer: CustomerID, id: SubscriptionID) {
        let customer = try await stripe.createCustomer(
            NewCustomer(account: .random(), email: "ada@example.com"), once: .random())
        let plan = "plan-\(Identifier<Price>.random().text.prefix(8))"
        try await server.post(
            "/v1/plans",
            ["id": .text(plan), "amount": 999, "currency": "usd", "interval": "month", "product": ["name": "Pro"]])
        let token = try await server.post(
            "/v1/tokens", ["card": ["number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"]])
        try await server.post(
            "/v1/customers/\(customer.text)/sources", ["source": .text(try #require(token.word("id")))])
        let made = try await server.post(
            "/v1/subscriptions", ["customer": .text(customer.text), "items": [["plan": .text(plan), "quantity": 2]]])
        return (customer, try .named(try #require(made.word("id"))))
    }

    @Test func `a subscription is read, ended later, taken back and ended at once`() async throws {
        let (customer, id) = try await subscribed()
        let subscription = try await stripe.subscription(id)
        #expect(subscription.customer == customer && subscription.status == .active)
        #expect(subscription.items.map(\.quantity) == [2] && subscription.period != nil)
        #expect(try await stripe.subscriptions(of: customer).map(\.id) == [id])
        #expect(try await stripe.cancel(id, atPeriodEnd: true, once: .random()).cancelsAtPeriodEnd)
        #expect(try await !stripe.resume(id, once: .random()).cancelsAtPeriodEnd)
        let ended = try await stripe.cancel(id, atPeriodEnd: false, once: .random())
        #expect(ended.status == .canceled && ended.endedAt != nil)
    }

    @Test func `its invoices are read`() async throws {
        let (customer, id) = try await subscribed()
        let invoice = try #require(try await stripe.invoices(of: customer, after: nil, limit: 10).first)
        #expect(
            invoice.subscription == id && invoice.status == .paid && invoice.total == 1998 && invoice.currency == "usd")
    }

    @Test func `its errors are understood`() async throws {
        let nothing = try SubscriptionID.named("sub_nothing")
        #expect(await paymentError { try await stripe.subscription(nothing) } == .notFound)
        let nobody = try CustomerID.named("cus_nobody")
        #expect(await paymentError { try await stripe.subscriptions(of: nobody) } == .notFound)
        #expect(
            await paymentError { try await stripe.openPortal(for: nobody, returningTo: "http://127.0.0.1/") }
                == .notFound)
    }
}
