import Storage

@testable import Billing

let today = moment("2026-11-21T10:00:00.000Z")

extension Duration {
    static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
    static let moment = Duration.milliseconds(1)
}

/// From `start` days before today until `end` days after it.
func period(_ start: Int, _ end: Int) -> BillingPeriod {
    guard let period = BillingPeriod(start: today + .days(start), end: today + .days(end)) else {
        preconditionFailure("a period begins before it ends")
    }
    return period
}

/// A subscription whose period began ten days ago and ends in twenty.
func subscribed(
    _ status: SubscriptionStatus, _ items: [Subscription.Item] = [.init("pro-month-2")],
    _ period: BillingPeriod? = period(-10, 20), trialEndsAt: Timestamp? = nil, cancels: Bool = false,
    retained: Subscription.Retained? = nil, pastDueSince: Timestamp? = nil
) -> Subscription {
    guard let id = SubscriptionID("sub_1"), let customer = CustomerID("cus_1") else {
        preconditionFailure("these are names")
    }
    return Subscription(
        id: id, customer: customer, status: status, items: items, period: period, trialEndsAt: trialEndsAt,
        cancelsAtPeriodEnd: cancels, retained: retained, createdAt: today - .days(10), pastDueSince: pastDueSince)
}

extension Subscription.Retained {
    init(_ price: String, until: Timestamp) {
        self.init(price: priceName(price), until: until)
    }
}

extension Entitlement {
    /// What is compared most.
    var summary: String { "\(planName) \(planVersion) \(ground)" }
}
