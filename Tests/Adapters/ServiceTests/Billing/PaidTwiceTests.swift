import Billing
import Storage
import Testing

@testable import WaxwingService

@Suite struct PaidTwiceTests {
    @Test func `who has paid a moment ago is not asked to pay again, though nobody told of it yet`() async throws {
        let shop = try await Shop()
        let paid = try await shop.payments.complete(checkout: shop.checkout("large").id)
        // As if the event were on its way.
        _ = try await shop.database.write { session in
            try session.execute("DELETE FROM subscription_pictures")
            try session.execute("DELETE FROM subscriptions")
        }
        #expect(await refusal { try await shop.checkout() } == "conflict")
        // And when that has ended, there is no trial, which is for who never had a plan.
        _ = try await shop.payments.expire(paid.id)
        _ = try await shop.database.write { session in
            try session.execute("DELETE FROM subscription_pictures")
            try session.execute("DELETE FROM subscriptions")
        }
        #expect(try await shop.checkout().trialDays == 0)
        #expect(try await Shop().checkout().trialDays == 14)
    }

    @Test func `a plan cannot be changed while its bill is open, as what was not paid would be given back`()
        async throws
    {
        let shop = try await Shop()
        let paid = try await shop.payments.complete(checkout: shop.checkout("large").id)
        for status in [SubscriptionStatus.pastDue, .unpaid] {
            #expect(try await shop.payments.failPayment(paid.id).status == status)
            #expect(await refusal { try await shop.change(to: "pro") } == "conflict")
            #expect(try await shop.payments.subscription(paid.id).items == paid.items)
        }
        _ = try await shop.payments.pay(paid.id)
        try await shop.change(to: "pro")
        #expect(try await shop.payments.subscription(paid.id).items.map(\.price.text) == ["pro-month-1"])
    }

    @Test func `a trial of one plan is no trial of a dearer one`() async throws {
        let shop = try await Shop()
        let trial = try await shop.payments.complete(checkout: shop.checkout("pro").id)
        #expect(trial.status == .trialing)
        #expect(await refusal { try await shop.change(to: "large") } == "conflict")
        #expect(try await shop.payments.subscription(trial.id).items == trial.items)
    }
}

@Suite struct DeletedCustomerTests {
    @Test func `a checkout that was open when its account was deleted takes no money for long`() async throws {
        let shop = try await Shop()
        let open = try await shop.checkout("large")
        _ = try await shop.useCases.accounts.delete(shop.customer, password: Studio.password, from: .test)
        try await shop.work()
        let paid = try await shop.payments.complete(checkout: open.id)
        #expect(paid.status == .active)
        try await shop.work()
        #expect(try await shop.payments.subscription(paid.id).status == .canceled)
        try await expectNothingKept(in: shop)
    }

    @Test func `what the provider tells of a deleted account is not kept`() async throws {
        let shop = try await Shop()
        let paid = try await shop.payments.complete(checkout: shop.checkout("large").id)
        _ = try await shop.useCases.accounts.delete(shop.customer, password: Studio.password, from: .test)
        try await shop.work()
        #expect(try await shop.payments.subscription(paid.id).status == .canceled)
        try await expectNothingKept(in: shop)
        // Nor what it says when it is asked, because something was told later.
        let bill = try #require(try await shop.payments.invoices(of: paid.customer, after: nil, limit: 1).first)
        _ = try await shop.payments.refund(bill.id, total: bill.paid)
        try await shop.useCases.upkeep.run(.payments)
        #expect(try await shop.count("webhook_events WHERE outcome = 'waiting'") == 0)
        try await expectNothingKept(in: shop)
    }

    private func expectNothingKept(in shop: Shop) async throws {
        for table in ["billing_customers", "subscriptions", "subscription_pictures", "invoices"] as [SQL] {
            #expect(try await shop.count(table) == 0, "\(table)")
        }
    }
}
