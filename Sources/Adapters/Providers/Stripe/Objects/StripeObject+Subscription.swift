import Billing
import Storage

extension StripeObject {
    /// Reads a subscription as versions of all years write it: since 2025-03-31 each item has the period.
    ///
    /// - Throws: ``PaymentError/unreadable(_:)``.
    func subscription() throws(PaymentError) -> Subscription {
        guard word("object") == "subscription" else { throw Self.wrong("object") }
        let items = try list("items")
        // Its items are a page of a list; half of them would be another subscription.
        guard try object("items")?.bool("has_more") != true else { throw .unreadable("it has too many items") }
        guard let status = try SubscriptionStatus(rawValue: text("status").needed("status")) else {
            throw Self.wrong("status")
        }
        let period = try period(items)
        let (ended, canceled) = (try moment("ended_at"), try moment("canceled_at"))
        return Subscription(
            id: try reference("id").needed("id"), customer: try reference("customer").needed("customer"),
            account: try account, status: status, items: try Self.items(items), period: period,
            trialEndsAt: try moment("trial_end"), cancelsAtPeriodEnd: try cancels(with: period),
            retained: try retained(in: period), createdAt: try moment("created").needed("created"),
            endedAt: status.isTerminal ? ended ?? canceled : nil)
    }

    private static func items(_ objects: [StripeObject]) throws(PaymentError) -> [Subscription.Item] {
        var items: [Subscription.Item] = []
        for object in objects { items.append(try object.item()) }
        return items
    }

    /// A price without a lookup key was not made by a plan file: it goes by Stripe's own name of it.
    func item() throws(PaymentError) -> Subscription.Item {
        // Prices by use have no quantity.
        let quantity = try amount("quantity") ?? 1
        return Subscription.Item(price: try price().needed("price").priceName(), quantity: quantity)
    }

    /// Of an item; older ones have a `plan`.
    func price() throws(PaymentError) -> StripeObject? {
        let plan = try object("plan")
        return try object("price") ?? plan
    }

    func priceName() throws(PaymentError) -> PriceName {
        let id: PriceName = try reference("id").needed("id")
        return try reference("lookup_key") ?? id
    }

    private func period(_ items: [StripeObject]) throws(PaymentError) -> BillingPeriod? {
        for object in [self] + items {
            if let start = try object.moment("current_period_start"), let end = try object.moment("current_period_end")
            {
                return BillingPeriod(start: start, end: end)
            }
        }
        return nil
    }

    /// Newer portals name the moment instead.
    private func cancels(with period: BillingPeriod?) throws(PaymentError) -> Bool {
        if try bool("cancel_at_period_end") == true { return true }
        guard let moment = try moment("cancel_at"), let period else { return false }
        return moment <= period.end
    }

    /// Notes of ours that somebody has spoilt in the dashboard are none, and once Stripe has begun the next period they are
    /// over, whatever our clock says.
    private func retained(in period: BillingPeriod?) throws(PaymentError) -> Subscription.Retained? {
        guard let notes = try object("metadata"),
            let items = notes.word(StripeNote.retainedItems).map(StripeNote.items), !items.isEmpty,
            let seconds = notes.word(StripeNote.retainedUntil).flatMap({ UInt32($0) })
        else { return nil }
        let until = Timestamp(milliseconds: Int64(seconds) * 1000)
        if let period, until <= period.start { return nil }
        return Subscription.Retained(items: items, until: until)
    }
}
