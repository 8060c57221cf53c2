import Storage

/// A bill, as its provider described it last. Amounts are in the smallest unit of the currency: cents.
public struct Invoice: Equatable, Sendable, Codable {
    public enum Status: String, Codable, Sendable, CaseIterable, SQLConvertible {
        case draft, open, paid, uncollectible, void
    }

    public let id: InvoiceID
    public let customer: CustomerID
    public var subscription: SubscriptionID?
    /// For people: `A1B2-0001`; nil for drafts.
    public var number: String?
    public var status: Status
    /// Three letters, lower case: `usd`.
    public var currency: String
    public var total: Int
    public var paid: Int
    /// Given back, of what was paid.
    public var refunded: Int
    public var period: BillingPeriod?
    public let createdAt: Timestamp
    /// Where it can be looked at and paid.
    public var url: String?

    public init(
        id: InvoiceID, customer: CustomerID, subscription: SubscriptionID? = nil, number: String? = nil,
        status: Status, currency: String, total: Int, paid: Int = 0, refunded: Int = 0, period: BillingPeriod? = nil,
        createdAt: Timestamp, url: String? = nil
    ) {
        (self.id, self.customer, self.subscription, self.number) = (id, customer, subscription, number)
        (self.status, self.currency, self.total, self.paid) = (status, currency, total, paid)
        (self.refunded, self.period, self.createdAt, self.url) = (refunded, period, createdAt, url)
    }
}
