import Billing
import LogTestKit
import Storage
import Testing

@testable import WaxwingProviders

/// Against the program that `Scripts/stripe-server.sh` starts, which refuses what Stripe would.
@Suite(
    // It has one clock for all.
    .serialized,
    .enabled(
        if: StripeServer.base != nil,
        "set TEST_STRIPE_BASE and TEST_STRIPE_KEY (Scripts/stripe-server.sh start DIR) to check payments against a server"
    ))
struct StripeServerTests {
    let server: StripeServer
    var stripe: StripePayments { server.payments }

    init() throws {
        server = try StripeServer.ours()
    }

    @Test func `a customer who pays at the checkout has a subscription, with the account noted`() async throws {
        let (customer, account) = (try await server.customer(), AccountID.random())
        let (small, _, _) = try await server.prices()
        let page = try await stripe.startCheckout(
            NewCheckout(
                account: account, customer: customer, items: [.init(price: small, quantity: 2)],
                successURL: "http://127.0.0.1:9/done", cancelURL: "http://127.0.0.1:9/"), once: .random())
        #expect(try await server.press(page.url, card: "declines") == 402)
        #expect(try await stripe.subscriptions(of: customer).isEmpty)
        #expect(try await server.press(page.url, card: "pays") == 303)
        #expect(try await server.press(page.url, card: "pays") == 410)
        let subscription = try #require(try await stripe.subscriptions(of: customer).first)
        #expect(subscription.account == account && subscription.customer == customer && subscription.status == .active)
        #expect(subscription.items == [.init(price: small, quantity: 2)])
        #expect(subscription.period?.start == subscription.createdAt && !subscription.cancelsAtPeriodEnd)
        #expect(try await stripe.subscription(subscription.id) == subscription)
        let invoice = try #require(try await stripe.invoices(of: customer, after: nil, limit: 10).first)
        #expect(invoice.subscription == subscription.id && invoice.status == .paid && invoice.paid == 1998)
        #expect(invoice.period == subscription.period && invoice.refunded == 0)
    }

    @Test func `a trial costs nothing until it ends`() async throws {
        let customer = try await server.customer()
        let (small, _, _) = try await server.prices()
        let subscription = try await server.subscribed(customer, [.init(price: small)], trialDays: 14)
        #expect(
            subscription.status == .trialing
                && subscription.trialEndsAt == subscription.createdAt + .seconds(14 * 86_400))
        #expect(try await stripe.invoices(of: customer, after: nil, limit: 10).map(\.total) == [0])
    }

    @Test func `the same key makes one customer; another request under it is refused`() async throws {
        let (key, account) = (RequestKey.random(), AccountID.random())
        let first = try await stripe.createCustomer(NewCustomer(account: account, email: nil), once: key)
        let again = try await stripe.createCustomer(NewCustomer(account: account, email: nil), once: key)
        #expect(first == again)
        guard
            case .refused = await paymentError({
                try await stripe.createCustomer(NewCustomer(account: account, email: "x@example.com"), once: key)
            })
        else {
            Issue.record("the key was taken twice")
            return
        }
    }

    @Test func `prices are made once, and one of another amount wants another name`() async throws {
        let tag = Identifier<Price>.random().text.prefix(8)
        func offer(_ number: Int, amount: Int) throws -> PriceOffer {
            PriceOffer(
                name: try .named("p\(number)-\(tag)"), product: "Waxwing \(tag)", amount: amount, currency: "usd",
                interval: .month)
        }
        let offers = try (1...12).map { try offer($0, amount: $0 * 100) }
        #expect(try await stripe.publish(Array(offers.prefix(5))).count == 5)
        #expect(try await stripe.publish(offers) == offers.dropFirst(5).map(\.name))
        #expect(try await stripe.publish(offers).isEmpty)
        let flawed = [try offer(13, amount: 1), try offer(3, amount: 301)]
        guard case .refused(let words) = await paymentError({ try await stripe.publish(flawed) }) else {
            Issue.record("a price was changed")
            return
        }
        #expect(words.contains("p3-\(tag)") && words.contains("300 usd") && words.contains("new name"))
        #expect(try await stripe.prices(of: [flawed[0].name]).isEmpty)
    }

    @Test func `a cancellation for the period's end can be taken back; one at once cannot, and may be said twice`()
        async throws
    {
        let customer = try await server.customer()
        let (small, _, _) = try await server.prices()
        let id = try await server.subscribed(customer, [.init(price: small)]).id
        let key = RequestKey.random()
        #expect(try await stripe.cancel(id, atPeriodEnd: true, once: key).cancelsAtPeriodEnd)
        #expect(try await stripe.cancel(id, atPeriodEnd: true, once: key).cancelsAtPeriodEnd)
        let resumed = try await stripe.resume(id, once: .random())
        #expect(!resumed.cancelsAtPeriodEnd && resumed.status == .active)
        #expect(try await stripe.resume(id, once: .random()) == resumed)
        let ended = try await stripe.cancel(id, atPeriodEnd: false, once: .random())
        #expect(ended.status == .canceled && ended.endedAt != nil)
        #expect(try await stripe.cancel(id, atPeriodEnd: false, once: .random()) == ended)
        let words = await paymentError { try await stripe.resume(id, once: .random()) }
        #expect(words == .refused("the subscription has ended: start a new one"))
    }

    @Test func `collection that was paused goes on`() async throws {
        let customer = try await server.customer()
        let (small, _, _) = try await server.prices()
        let id = try await server.subscribed(customer, [.init(price: small)]).id
        try await server.post("/v1/subscriptions/\(id.text)", ["pause_collection": ["behavior": "void"]])
        #expect(try await stripe.object(id).has("pause_collection"))
        _ = try await stripe.resume(id, once: .random())
        #expect(try await !stripe.object(id).has("pause_collection"))
    }

    @Test func `a larger plan counts and costs at once, by what is left of the period`() async throws {
        let customer = try await server.customer()
        let (small, large, _) = try await server.prices()
        let id = try await server.subscribed(customer, [.init(price: small)]).id
        let (change, key) = (
            SubscriptionChange(items: [.init(price: large), .init(price: small, quantity: 3)]), RequestKey.random()
        )
        let changed = try await stripe.change(id, by: change, once: key)
        #expect(Set(changed.items.map(\.price)) == [small, large] && changed.status == .active)
        #expect(try await stripe.change(id, by: change, once: key) == changed)
        #expect(try await stripe.change(id, by: change, once: .random()) == changed)
        let swapped = try await stripe.change(id, by: SubscriptionChange(items: [.init(price: large)]), once: .random())
        #expect(swapped.items == [.init(price: large)])
        let totals = try await stripe.invoices(of: customer, after: nil, limit: 10).map(\.total)
        #expect(totals.count == 3 && totals[2] == 999)
        // 19.99 and two more of 9.99 for all but a moment of the period.
        #expect((3900...3997).contains(totals[1]) && (-2997 ... -2900).contains(totals[0]))
    }

    @Test func `a card that says no changes nothing`() async throws {
        let customer = try await server.customer()
        let (small, large, _) = try await server.prices()
        let before = try await server.subscribed(customer, [.init(price: small)])
        for (card, words) in [("declines", "declined"), ("confirms", "additional user action")] {
            try await server.post("/test/card", ["customer": .text(customer.text), "card": .text(card)])
            let change = SubscriptionChange(items: [.init(price: large)])
            guard
                case .declined(let message) = await paymentError({
                    try await stripe.change(before.id, by: change, once: .random())
                })
            else {
                Issue.record("\(card): not declined")
                continue
            }
            #expect(message.contains(words))
            #expect(try await stripe.subscription(before.id) == before)
            #expect(try await stripe.invoices(of: customer, after: nil, limit: 10).count == 1)
        }
    }

    @Test func `a smaller plan is noted for the period's end, and costs nothing now`() async throws {
        let customer = try await server.customer()
        let (small, large, yearly) = try await server.prices()
        let before = try await server.subscribed(customer, [.init(price: large)])
        let until = try #require(before.period?.end)
        let change = SubscriptionChange(
            items: [.init(price: small)], retained: .init(price: large, until: until + .milliseconds(7)))
        let changed = try await stripe.change(before.id, by: change, once: .random())
        #expect(changed.items == [.init(price: small)] && changed.retained == .init(price: large, until: until))
        #expect(changed.period == before.period)
        #expect(try await stripe.change(before.id, by: change, once: .random()) == changed)
        #expect(try await stripe.invoices(of: customer, after: nil, limit: 10).count == 1)
        let toYears = SubscriptionChange(items: [.init(price: yearly)], retained: .init(price: large, until: until))
        guard case .refused = await paymentError({ try await stripe.change(before.id, by: toYears, once: .random()) })
        else {
            Issue.record("a year began at once")
            return
        }
        let back = try await stripe.change(
            before.id, by: SubscriptionChange(items: [.init(price: large)]), once: .random())
        #expect(back.items == [.init(price: large)] && back.retained == nil)
    }

    @Test func `invoices come in pages, and what was refunded is seen`() async throws {
        let customer = try await server.customer()
        let (small, large, _) = try await server.prices()
        let id = try await server.subscribed(customer, [.init(price: small)]).id
        for price in [large, small, large] {
            _ = try await stripe.change(id, by: SubscriptionChange(items: [.init(price: price)]), once: .random())
        }
        let all = try await stripe.invoices(of: customer, after: nil, limit: 100)
        #expect(all.count == 4)
        let first = try await stripe.invoices(of: customer, after: nil, limit: 3)
        #expect(first == Array(all.prefix(3)))
        #expect(try await stripe.invoices(of: customer, after: first.last?.id, limit: 3) == Array(all.suffix(1)))
        let oldest = try #require(all.last)
        let charge = try #require(try await stripe.client.get("/v1/invoices/\(oldest.id.text)").word("charge"))
        try await server.post("/v1/refunds", ["charge": .text(charge), "amount": 250])
        #expect(try await stripe.invoices(of: customer, after: nil, limit: 100).last?.refunded == 250)
        // The limit is kept within what Stripe takes.
        #expect(try await stripe.invoices(of: customer, after: nil, limit: .max).count == 4)
        #expect(try await stripe.invoices(of: customer, after: nil, limit: .min).count == 1)
    }

    @Test func `the portal opens for a customer`() async throws {
        let customer = try await server.customer()
        let url = try await stripe.openPortal(for: customer, returningTo: "http://127.0.0.1:9/account")
        #expect(url.contains("/portal/"))
        let nobody = try CustomerID.named("cus_nobody")
        #expect(
            await paymentError { try await stripe.openPortal(for: nobody, returningTo: "http://127.0.0.1:9/") }
                == .notFound)
    }

    @Test func `what is not there is said so`() async throws {
        let (nobody, nothing) = (try CustomerID.named("cus_nobody"), try SubscriptionID.named("sub_nothing"))
        #expect(await paymentError { try await stripe.subscription(nothing) } == .notFound)
        #expect(await paymentError { try await stripe.subscriptions(of: nobody) } == .notFound)
        #expect(await paymentError { try await stripe.invoices(of: nobody, after: nil, limit: 10) } == .notFound)
        #expect(
            await paymentError { try await stripe.cancel(nothing, atPeriodEnd: true, once: .random()) } == .notFound)
        #expect(
            await paymentError { try await stripe.cancel(nothing, atPeriodEnd: false, once: .random()) } == .notFound)
        let customer = try await server.customer()
        let unknown = NewCheckout(
            account: .random(), customer: customer, items: [.init(price: try .named("unknown-1"))],
            successURL: "http://127.0.0.1:9/", cancelURL: "http://127.0.0.1:9/")
        #expect(
            await paymentError { try await stripe.startCheckout(unknown, once: .random()) }
                == .refused("Stripe has no price 'unknown-1': publish the prices of the plans file"))
    }

    @Test func `another key than Stripe's is not let in`() async throws {
        let log = LogCollector()
        let stranger = try StripeServer(#require(StripeServer.base), key: "sk_test_strangercanary", log: log)
        let nothing = try SubscriptionID.named("sub_nothing")
        #expect(await paymentError { try await stranger.payments.subscription(nothing) } == .unauthorized)
        #expect(!log.lines.isEmpty && !"\(log.lines)".contains("strangercanary"))
    }
}
