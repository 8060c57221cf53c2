import Storage

/// Takes money for subscriptions. What it is told to do it does once for each key, however often it is asked (a retry, a
/// crash); what became of it comes back as ``PaymentEvent``s, and can be asked for at any time.
public protocol PaymentProvider: Sendable {
    /// In rows and logs: `stripe`.
    var name: String { get }

    func createCustomer(_ customer: NewCustomer, once key: RequestKey) async throws(PaymentError) -> CustomerID

    /// A page of the provider on which somebody pays for a subscription.
    func startCheckout(_ checkout: NewCheckout, once key: RequestKey) async throws(PaymentError) -> Checkout

    /// A page of the provider on which somebody looks after cards and invoices.
    ///
    /// - Returns: its address, good for a few minutes.
    func openPortal(for customer: CustomerID, returningTo url: String) async throws(PaymentError) -> String

    func subscription(_ id: SubscriptionID) async throws(PaymentError) -> Subscription

    /// All that the customer has or had, newest first.
    func subscriptions(of customer: CustomerID) async throws(PaymentError) -> [Subscription]

    /// At once, or when the period that is paid for ends.
    func cancel(
        _ id: SubscriptionID, atPeriodEnd: Bool, once key: RequestKey
    ) async throws(PaymentError) -> Subscription

    /// Takes back a cancellation that has not come to pass, or ends a pause.
    func resume(_ id: SubscriptionID, once key: RequestKey) async throws(PaymentError) -> Subscription

    func change(
        _ id: SubscriptionID, by change: SubscriptionChange, once key: RequestKey
    ) async throws(PaymentError) -> Subscription

    /// - Parameter after: the last of the page before.
    func invoices(
        of customer: CustomerID, after: InvoiceID?, limit: Int
    ) async throws(PaymentError) -> [Invoice]

    /// Makes known to the provider what lacks there of these prices; those it has stay as they are.
    ///
    /// - Returns: the names that were made.
    func publish(_ offers: [PriceOffer]) async throws(PaymentError) -> [PriceName]

    /// Reads what the provider sent, after its signature was checked.
    ///
    /// - Throws: ``PaymentError/unreadable(_:)``. A type that is not known is ``PaymentEvent/Content/other``.
    func event(from body: [UInt8]) throws(PaymentError) -> PaymentEvent
}

/// Names a request to a provider, so that it has one effect: 1 to 255 characters.
public struct RequestKey: Hashable, Sendable {
    public let text: String

    /// - Parameter parts: what makes the request this one, as the account and a random name.
    public init(_ parts: String...) {
        text = String(parts.joined(separator: ":").prefix(255))
    }
}

public struct NewCustomer: Equatable, Sendable {
    public let account: AccountID
    public let email: String?

    public init(account: AccountID, email: String?) {
        (self.account, self.email) = (account, email)
    }
}

public struct NewCheckout: Equatable, Sendable {
    public let account: AccountID
    public let customer: CustomerID
    public let items: [Subscription.Item]
    /// 0 for none.
    public let trialDays: Int
    /// Where the provider sends the browser afterwards.
    public let successURL: String
    public let cancelURL: String

    public init(
        account: AccountID, customer: CustomerID, items: [Subscription.Item], trialDays: Int = 0, successURL: String,
        cancelURL: String
    ) {
        (self.account, self.customer, self.items, self.trialDays) = (account, customer, items, trialDays)
        (self.successURL, self.cancelURL) = (successURL, cancelURL)
    }
}

public struct Checkout: Equatable, Sendable {
    public let id: String
    public let url: String
    public let expiresAt: Timestamp

    public init(id: String, url: String, expiresAt: Timestamp) {
        (self.id, self.url, self.expiresAt) = (id, url, expiresAt)
    }
}

/// What a subscription is to be from now on.
public struct SubscriptionChange: Equatable, Sendable {
    public let items: [Subscription.Item]
    /// Nil for a change that counts at once, and whose difference is paid at once (the provider prorates). Otherwise the
    /// smaller items are paid for from the next period on, and this is noted with the subscription.
    public let retained: Subscription.Retained?

    public init(items: [Subscription.Item], retained: Subscription.Retained? = nil) {
        (self.items, self.retained) = (items, retained)
    }
}

/// A price to be made known.
public struct PriceOffer: Equatable, Sendable {
    public let name: PriceName
    /// What is sold, for people: `Pro`.
    public let product: String
    /// Cents.
    public let amount: Int
    public let currency: String
    public let interval: BillingInterval

    public init(name: PriceName, product: String, amount: Int, currency: String, interval: BillingInterval) {
        (self.name, self.product, self.amount) = (name, product, amount)
        (self.currency, self.interval) = (currency, interval)
    }
}

public enum BillingInterval: String, Codable, Sendable, CaseIterable {
    case month, year
}

/// Why a provider did not do what it was asked.
public enum PaymentError: Error, Equatable, Sendable {
    /// There is nothing of that name there.
    case notFound
    /// The card, or what it needs (a confirmation), says no: the message is the provider's, for the user.
    case declined(String)
    /// It would be done otherwise than asked: the state there has changed, or the request is wrong.
    case refused(String)
    /// The provider does not know our key: for the operator.
    case unauthorized
    /// Asked too often, away, or broken: worth another try.
    case unavailable(String)
    /// What it said cannot be read.
    case unreadable(String)
}
