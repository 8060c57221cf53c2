import Billing
import Storage

extension StripePayments {
    /// A change at once is paid at once: if the card says no, nothing has changed. A change for the period's end is made now
    /// without paying or giving back anything, and what is had until then is noted.
    ///
    /// - Throws: ``PaymentError/refused(_:)`` also for a change from months to years that does not count at once: Stripe would
    ///   begin the year now.
    public func change(
        _ id: SubscriptionID, by change: SubscriptionChange, once key: RequestKey
    ) async throws(PaymentError) -> Subscription {
        let object = try await object(id)
        let now = try object.subscription()
        guard !now.status.isTerminal else { throw .refused("the subscription has ended: start a new one") }
        // Asked again after an answer that was lost.
        guard !change.isFulfilled(by: now) else { return now }
        let items = try await items(of: object, after: change)
        return try await client.post(try Self.path(id), items + (try Self.terms(of: change)), once: key).subscription()
    }

    private static func terms(of change: SubscriptionChange) throws(PaymentError) -> StripeParameter {
        guard let retained = change.retained else {
            return [
                "proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete",
                "metadata": [StripeNote.retainedItems: "", StripeNote.retainedUntil: ""],
            ]
        }
        return [
            "proration_behavior": "none",
            "metadata": [
                StripeNote.retainedItems: .text(try StripeNote.text(of: retained.items)),
                StripeNote.retainedUntil: "\(retained.until.milliseconds / 1000)",
            ],
        ]
    }

    /// Items that stay keep their names, so that Stripe counts on; the others go, and new ones come.
    private func items(
        of object: StripeObject, after change: SubscriptionChange
    ) async throws(PaymentError) -> StripeParameter {
        var (lines, kept): ([StripeParameter], Set<PriceName>) = ([], [])
        var intervals: Set<String> = []
        for line in try object.list("items") {
            let id = try line.text("id").needed("id")
            let name = try line.item().price
            if let wanted = change.items.first(where: { $0.price == name }), kept.insert(name).inserted {
                lines.append(["id": .text(id), "quantity": "\(wanted.quantity)"])
            } else {
                lines.append(["id": .text(id), "deleted": true])
            }
            if let interval = try line.price()?.interval() {
                intervals.insert(interval)
            }
        }
        let new = change.items.filter { !kept.contains($0.price) }
        let prices = try await prices(of: new.map(\.price))
        for item in new {
            let price = try prices.known(item.price)
            guard change.retained == nil || intervals.contains(price.interval) else {
                throw .refused(
                    "a change between monthly and yearly payment counts at once: it cannot wait for the period's end")
            }
            lines.append(["price": .text(price.id), "quantity": "\(item.quantity)"])
        }
        return ["items": .list(lines)]
    }
}

extension SubscriptionChange {
    /// Whether the subscription is already as it is to be.
    func isFulfilled(by subscription: Subscription) -> Bool {
        func inOrder(_ items: [Subscription.Item]) -> [Subscription.Item] {
            items.sorted { ($0.price.text, $0.quantity) < ($1.price.text, $1.quantity) }
        }
        guard inOrder(items) == inOrder(subscription.items) else { return false }
        // Stripe's notes are in whole seconds.
        return inOrder(retained?.items ?? []) == inOrder(subscription.retained?.items ?? [])
            && retained.map { $0.until.milliseconds / 1000 }
                == subscription.retained.map { $0.until.milliseconds / 1000 }
    }
}
