import Billing
import Storage
import Testing

@testable import WaxwingProviders

/// What happens with time, and with answers that are lost.
extension StripeServerTests {
    @Test func `a trial, a renewal, failures and the end are told in events, the same in old and new versions`()
        async throws
    {
        let (start, customer) = (try await server.customer(), try await server.customer())
        let (small, _, _) = try await server.prices()
        _ = try await server.subscribed(start, [.init(price: small)])
        let id = try await server.subscribed(customer, [.init(price: small)], trialDays: 14).id
        let day = 86_400
        try await server.post("/test/advance", ["seconds": "\(15 * day)"])
        #expect(try await stripe.subscription(id).status == .active)
        try await server.post("/test/card", ["customer": .text(customer.text), "card": "declines"])
        try await server.post("/test/advance", ["seconds": "\(31 * day)"])
        #expect(try await stripe.subscription(id).status == .pastDue)
        try await server.post("/test/advance", ["seconds": "\(12 * day)"])
        let ended = try await stripe.subscription(id)
        #expect(ended.status == .canceled && ended.endedAt != nil)

        let old = try await server.events(of: customer, version: "2025-02-24.acacia")
        var (statuses, customers, invoices): ([SubscriptionStatus], [CustomerID], [Invoice.Status]) = ([], [], [])
        for event in old {
            switch event.content {
            case .subscription(let subscription): statuses.append(subscription.status)
            case .invoice(let invoice): invoices.append(invoice.status)
            case .checkout(let customer, _, let subscription):
                customers.append(customer)
                #expect(subscription == id)
            case .refund, .other: break
            }
        }
        #expect(statuses.first == .trialing && statuses.last == .canceled && customers == [customer])
        #expect(statuses.filter { $0 == .active }.count >= 1 && statuses.contains(.pastDue))
        #expect(invoices.contains(.paid) && invoices.contains(.open))
        #expect(old.map(\.createdAt) == old.map(\.createdAt).sorted())
        let new = try await server.events(of: customer, version: "2025-03-31.basil")
        #expect(new == old && old.count > 10)
    }

    @Test func `a trial without a card can end in a pause, which a card ends`() async throws {
        let customer = try await server.customer()
        let (small, _, _) = try await server.prices()
        let price = try #require(try await stripe.prices(of: [small])[small]?.id)
        let made = try await server.post(
            "/v1/subscriptions",
            [
                "customer": .text(customer.text), "items": [["price": .text(price)]], "trial_period_days": 1,
                "trial_settings": ["end_behavior": ["missing_payment_method": "pause"]],
            ])
        let id = try SubscriptionID.named(try #require(made.word("id")))
        try await server.post("/test/advance", ["seconds": "\(2 * 86_400)"])
        #expect(try await stripe.subscription(id).status == .paused)
        let key = RequestKey.random()
        guard case .declined = await paymentError({ try await stripe.resume(id, once: key) }) else {
            Issue.record("it went on without a card")
            return
        }
        try await server.post("/test/card", ["customer": .text(customer.text), "card": "pays"])
        // Under the same key the same no; a new request is asked anew.
        #expect(await paymentError { try await stripe.resume(id, once: key) } != nil)
        let resumed = try await stripe.resume(id, once: .random())
        #expect(resumed.status == .active)
        #expect(try await stripe.resume(id, once: key) == resumed)
    }

    @Test func `a first payment that is never made expires after 23 hours`() async throws {
        let customer = try await server.customer(card: "confirms")
        let (small, _, _) = try await server.prices()
        let price = try #require(try await stripe.prices(of: [small])[small]?.id)
        let made = try await server.post(
            "/v1/subscriptions", ["customer": .text(customer.text), "items": [["price": .text(price)]]])
        let id = try SubscriptionID.named(try #require(made.word("id")))
        #expect(try await stripe.subscription(id).status == .incomplete)
        try await server.post("/test/advance", ["seconds": "\(22 * 3600)"])
        #expect(try await stripe.subscription(id).status == .incomplete)
        try await server.post("/test/advance", ["seconds": "\(2 * 3600)"])
        let expired = try await stripe.subscription(id)
        #expect(expired.status == .incompleteExpired && expired.endedAt == expired.createdAt + .seconds(23 * 3600))
        #expect(try await stripe.invoices(of: customer, after: nil, limit: 10).map(\.status) == [.void])
    }

    @Test func `an answer that was lost is got again, and what was done is done once`() async throws {
        let customer = try await server.customer()
        let (small, large, _) = try await server.prices()
        let id = try await server.subscribed(customer, [.init(price: small)]).id
        try await server.post(
            "/test/fault", ["path": "/v1/subscriptions/\(id.text)", "status": 0, "done": true, "times": 2])
        let changed = try await stripe.change(id, by: SubscriptionChange(items: [.init(price: large)]), once: .random())
        #expect(changed.items == [.init(price: large)])
        #expect(try await stripe.invoices(of: customer, after: nil, limit: 10).count == 2)
        for (status, retry) in [(500, "true"), (409, "true"), (429, "true")] {
            try await server.post(
                "/test/fault",
                [
                    "path": "/v1/customers", "status": "\(status)", "done": true, "should_retry": .text(retry),
                    "retry_after": 0,
                ])
            let (key, account) = (RequestKey.random(), AccountID.random())
            let made = try await stripe.createCustomer(NewCustomer(account: account, email: nil), once: key)
            #expect(try await stripe.createCustomer(NewCustomer(account: account, email: nil), once: key) == made)
        }
    }
}
