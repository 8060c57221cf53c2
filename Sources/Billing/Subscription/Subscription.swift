import Storage

/// A subscription as its provider described it last: a whole picture, never a change to an earlier one, so that pictures can
/// come in any order and as often as they like.
public struct Subscription: Equatable, Sendable, Codable {
    /// One thing that is paid for: a plan, or an add-on so many times.
    public struct Item: Equatable, Sendable, Codable {
        public let price: PriceName
        public let quantity: Int

        public init(price: PriceName, quantity: Int = 1) {
            (self.price, self.quantity) = (price, quantity)
        }
    }

    /// What was paid for before a change to less, and is had until then.
    public struct Retained: Equatable, Sendable, Codable {
        public let items: [Item]
        public let until: Timestamp

        public init(items: [Item], until: Timestamp) {
            (self.items, self.until) = (items, until)
        }

        public init(price: PriceName, until: Timestamp) {
            self.init(items: [Item(price: price)], until: until)
        }
    }

    public let id: SubscriptionID
    public let customer: CustomerID
    /// Whose it is, by what was noted with it when it was made; nil where nothing was, and the customer tells.
    public var account: AccountID?
    public var status: SubscriptionStatus
    public var items: [Item]
    /// Nil before anything was paid.
    public var period: BillingPeriod?
    public var trialEndsAt: Timestamp?
    /// It runs out with the period.
    public var cancelsAtPeriodEnd: Bool
    public var retained: Retained?
    public let createdAt: Timestamp
    /// When it became ``SubscriptionStatus/canceled`` or ``SubscriptionStatus/incompleteExpired``.
    public var endedAt: Timestamp?
    /// When it became ``SubscriptionStatus/pastDue`` as far as the pictures tell; kept beside them, not by the provider.
    public var pastDueSince: Timestamp?

    public init(
        id: SubscriptionID, customer: CustomerID, account: AccountID? = nil, status: SubscriptionStatus,
        items: [Item], period: BillingPeriod? = nil, trialEndsAt: Timestamp? = nil, cancelsAtPeriodEnd: Bool = false,
        retained: Retained? = nil, createdAt: Timestamp, endedAt: Timestamp? = nil, pastDueSince: Timestamp? = nil
    ) {
        (self.id, self.customer, self.account, self.status) = (id, customer, account, status)
        (self.items, self.period, self.trialEndsAt) = (items, period, trialEndsAt)
        (self.cancelsAtPeriodEnd, self.retained) = (cancelsAtPeriodEnd, retained)
        (self.createdAt, self.endedAt, self.pastDueSince) = (createdAt, endedAt, pastDueSince)
    }
}
