import Storage

/// Something that happened at the provider, as it told us: at least once, in any order.
public struct PaymentEvent: Equatable, Sendable, Codable {
    public enum Content: Equatable, Sendable, Codable {
        case subscription(Subscription)
        case invoice(Invoice)
        /// Somebody went through the checkout: from now on this customer is that account.
        case checkout(customer: CustomerID, account: AccountID?, subscription: SubscriptionID?)
        /// Of a payment for this invoice, so much in all has been given back.
        case refund(InvoiceID?, customer: CustomerID?, total: Int)
        /// Kept, and nothing is done about it.
        case other
    }

    public let id: EventID
    /// The provider's name of what happened: `customer.subscription.updated`.
    public let type: String
    /// When it happened, by the provider's clock, in whole seconds: two of one second have no order.
    public let createdAt: Timestamp
    public let content: Content

    public init(id: EventID, type: String, createdAt: Timestamp, content: Content) {
        (self.id, self.type, self.createdAt, self.content) = (id, type, createdAt, content)
    }
}
