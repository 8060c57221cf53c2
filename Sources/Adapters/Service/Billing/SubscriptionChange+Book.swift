import Billing
import Storage

extension PlanBook {
    /// What a provider is to be told, one after the other, so that a subscription has these items.
    ///
    /// More counts and is paid at once. Less is paid from the next period on, and what is paid for is had until then; who takes
    /// that back before then pays nothing for it.
    func steps(of subscription: Subscription, to items: [Subscription.Item], at now: Timestamp) -> [SubscriptionChange]
    {
        let kept = subscription.retained.flatMap { $0.until > now ? $0 : nil }
        let paidFor = kept?.items ?? subscription.items
        // From months to years or back a new period begins at once, and the provider gives back what is left of the old one.
        guard interval(of: paidFor) == interval(of: items) else { return [SubscriptionChange(items: items)] }
        if change(from: paidFor, to: items) == .downgrade {
            // Nothing is paid for yet in a trial, and nothing any more in what is overdue.
            guard let end = subscription.period?.end, end > now, subscription.status == .active else {
                return [SubscriptionChange(items: items)]
            }
            return [SubscriptionChange(items: items, retained: kept ?? .init(items: paidFor, until: end))]
        }
        guard let kept else { return [SubscriptionChange(items: items)] }
        let restored = SubscriptionChange(items: kept.items, retained: kept)
        return items == kept.items ? [restored] : [restored, SubscriptionChange(items: items)]
    }

    private func interval(of items: [Subscription.Item]) -> BillingInterval? {
        items.lazy.compactMap { price(named: $0.price)?.interval }.first
    }
}
