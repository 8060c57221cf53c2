import Auth
import Billing
import Logging
import Storage
import StrictJSON

/// Takes payments with Stripe, over the checked client.
///
/// Requests are made in one version of Stripe's interface, events are read in any. A request has one effect for its key; it
/// is sent up to three times where Stripe was busy, broken or silent. A change or cancellation that has already come to
/// pass succeeds without another.
///
/// Stripe needs for the plans only what ``publish(_:)`` makes: products, and prices under lookup keys.
///
/// Source: https://docs.stripe.com/api, version 2025-02-24.acacia.
public struct StripePayments: PaymentProvider {
    /// For each attempt: somebody waits for the page.
    public static let standardLimit = Duration.seconds(20)

    public let name = "stripe"
    let client: StripeClient

    /// - Parameter http: the one for the operator's own providers.
    public init(
        _ settings: StripeSettings, http: OutboundHTTP, limit: Duration = StripePayments.standardLimit,
        retries: StripeRetries = StripeRetries(), logger: Logger
    ) {
        self.init(settings, http: http, limit: limit, retries: retries, logger: logger) {
            try await Task.sleep(for: $0)
        }
    }

    /// - Parameter pause: waits between attempts.
    init(
        _ settings: StripeSettings, http: OutboundHTTP, limit: Duration, retries: StripeRetries, logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        client = StripeClient(
            settings: settings, http: http, retries: retries, limit: limit, pause: pause, logger: logger)
    }

    public func createCustomer(
        _ customer: NewCustomer, once key: RequestKey
    ) async throws(PaymentError) -> CustomerID {
        var form: StripeParameter = ["metadata": [StripeNote.account: .text(customer.account.text)]]
        if let email = customer.email { form = form + ["email": .text(email)] }
        return try await client.post("/v1/customers", form, once: key).reference("id").needed("id")
    }

    public func startCheckout(
        _ checkout: NewCheckout, once key: RequestKey
    ) async throws(PaymentError) -> Checkout {
        let prices = try await prices(of: checkout.items.map(\.price))
        var lines: [StripeParameter] = []
        for item in checkout.items {
            let price = try prices.known(item.price)
            lines.append(["price": .text(price.id), "quantity": "\(item.quantity)"])
        }
        let notes: StripeParameter = [StripeNote.account: .text(checkout.account.text)]
        let trial: StripeParameter = checkout.trialDays > 0 ? ["trial_period_days": "\(checkout.trialDays)"] : [:]
        let session = try await client.post(
            "/v1/checkout/sessions",
            [
                "mode": "subscription", "customer": .text(checkout.customer.text),
                "client_reference_id": .text(checkout.account.text), "metadata": notes, "line_items": .list(lines),
                "subscription_data": ["metadata": notes] + trial, "success_url": .text(checkout.successURL),
                "cancel_url": .text(checkout.cancelURL),
            ], once: key)
        let id = try session.text("id").needed("id")
        try await closeCheckouts(of: checkout.customer, but: id)
        return Checkout(
            id: id, url: try session.text("url", upTo: 4096).needed("url"),
            expiresAt: try session.moment("expires_at").needed("expires_at"))
    }

    /// Two that are open could both be paid.
    private func closeCheckouts(of customer: CustomerID, but kept: String) async throws(PaymentError) {
        let open = try await client.get(
            "/v1/checkout/sessions", ["customer": .text(customer.text), "status": "open", "limit": 100])
        for session in try open.objects("data") {
            let id = try session.text("id").needed("id")
            guard id != kept, let reference = ProviderReference<Checkout>(id) else { continue }
            do throws(PaymentError) {
                _ = try await client.post("/v1/checkout/sessions/\(reference)/expire", [:], once: .random())
            } catch {
                // Paid or expired meanwhile: there is nothing to close.
                guard error.isRefusal else { throw error }
            }
        }
    }

    /// Two pages instead of one do no harm, so the request has a key of its own, for its repetitions.
    public func openPortal(
        for customer: CustomerID, returningTo url: String
    ) async throws(PaymentError) -> String {
        let session = try await client.post(
            "/v1/billing_portal/sessions", ["customer": .text(customer.text), "return_url": .text(url)],
            once: .random())
        return try session.text("url", upTo: 4096).needed("url")
    }

    /// A page of what belongs to the customer, newest first.
    ///
    /// - Parameters:
    ///   - after: the last of the page before, which the customer has.
    ///   - limit: 1…100; more is as 100, less as 1.
    public func invoices(
        of customer: CustomerID, after: InvoiceID?, limit: Int
    ) async throws(PaymentError) -> [Invoice] {
        var query: StripeParameter = [
            "customer": .text(customer.text), "limit": "\(min(max(limit, 1), 100))", "expand": ["data.charge"],
        ]
        if let after { query = query + ["starting_after": .text(after.text)] }
        var invoices: [Invoice] = []
        for object in try await client.get("/v1/invoices", query).objects("data") {
            invoices.append(try object.invoice())
        }
        return invoices
    }

    public func event(from body: [UInt8]) throws(PaymentError) -> PaymentEvent {
        guard let object = JSONObject(reading: body, within: StripeObject.limits) else {
            throw .unreadable("it is not JSON as Stripe writes it")
        }
        return try StripeObject(object).event()
    }
}

extension RequestKey {
    /// For a request that may well be made twice.
    static func random() -> RequestKey { RequestKey(Identifier<RequestKey>.random().text) }
}

extension PaymentError {
    fileprivate var isRefusal: Bool {
        switch self {
        case .refused, .notFound: true
        case .declined, .unauthorized, .unavailable, .unreadable: false
        }
    }
}
