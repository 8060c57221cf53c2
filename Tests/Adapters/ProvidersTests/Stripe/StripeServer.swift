import Auth
import Billing
import Foundation
import LogTestKit
import Storage
import StrictJSON
import Testing

@testable import WaxwingProviders

/// A program that speaks as Stripe does, our client of it, and what only tests ask of it.
struct StripeServer: Sendable {
    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    /// Ours: `Scripts/stripe-server.sh`.
    static let base = variable("TEST_STRIPE_BASE")
    /// The other one: `Scripts/localstripe-server.sh`.
    static let localstripe = variable("TEST_LOCALSTRIPE_BASE")

    let payments: StripePayments
    private let base: String
    private let key: String
    private let http: OutboundHTTP

    static func ours(log: LogCollector = LogCollector()) throws -> StripeServer {
        try StripeServer(#require(base), key: #require(variable("TEST_STRIPE_KEY")), log: log)
    }

    static func others() throws -> StripeServer {
        try StripeServer(#require(localstripe), key: "sk_test_waxwing", log: LogCollector())
    }

    init(_ base: String, key: String, log: LogCollector) throws {
        (self.base, self.key) = (base, key)
        http = try OutboundHTTP.testing(allowed: [base.replacing("http://", with: "")], log: log)
        payments = StripePayments(
            try StripeSettings(secretKey: Secret(Array(key.utf8)), webhookSecrets: [], apiBase: base), http: http,
            limit: .seconds(600), retries: StripeRetries(base: .milliseconds(1)), logger: log.logger)
    }

    /// With a key of its own, as somebody else's program would ask.
    @discardableResult
    func post(_ path: String, _ parameters: StripeParameter) async throws -> StripeObject {
        let answer = try await http.send(
            OutboundRequest.patient(
                .post, path.hasPrefix("http") ? path : base + path,
                headers: [("Authorization", "Bearer \(key)"), ("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(parameters.form.utf8)))
        #expect([200, 303].contains(answer.status), "\(path): \(String(decoding: answer.body, as: UTF8.self))")
        return StripeObject(JSONObject(reading: answer.body, within: StripeObject.limits) ?? JSONObject())
    }

    /// - Returns: what a page answered.
    func press(_ url: String, card: String) async throws -> Int {
        try await http.send(
            OutboundRequest.patient(
                .post, url, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array("card=\(card)".utf8))
        ).status
    }

    /// What happened to a customer, oldest first, in the shapes of a version.
    func events(of customer: CustomerID, version: String) async throws -> [PaymentEvent] {
        var (events, last, hasMore): ([PaymentEvent], String?, Bool) = ([], nil, true)
        while hasMore {
            let after = last.map { "&starting_after=\($0)" } ?? ""
            var request = try OutboundRequest.patient(
                .get, "\(base)/v1/events?limit=100\(after)",
                headers: [("Authorization", "Bearer \(key)"), ("Stripe-Version", version)])
            request.limits.body = 8 << 20
            let answer = try await http.send(request)
            let page = StripeObject(try #require(JSONObject(reading: answer.body, within: StripeObject.limits)))
            let objects = try page.objects("data")
            for object in objects
            where try object.object("data")?.object("object")?.word("customer") == customer.text {
                events.append(try object.event())
            }
            last = try #require(objects.last?.word("id"))
            hasMore = try page.bool("has_more") == true
        }
        return events.reversed()
    }

    func customer(card: String = "none") async throws -> CustomerID {
        let customer = try await payments.createCustomer(
            NewCustomer(account: .random(), email: "ada@example.com"), once: .random())
        try await post("/test/card", ["customer": .text(customer.text), "card": .text(card)])
        return customer
    }

    /// Prices of a name nobody else has: a plan of 9.99 and one of 19.99 a month, one of 99 a year.
    func prices() async throws -> (small: PriceName, large: PriceName, yearly: PriceName) {
        let tag = Identifier<StripeServer>.random().text.prefix(8)
        let names = try ["small", "large", "yearly"].map { try PriceName.named("\($0)-\(tag)") }
        let offers = zip(names, [(999, BillingInterval.month), (1999, .month), (9900, .year)]).map { name, terms in
            PriceOffer(name: name, product: "Plan \(tag)", amount: terms.0, currency: "usd", interval: terms.1)
        }
        #expect(try await payments.publish(offers) == names)
        return (names[0], names[1], names[2])
    }

    /// Somebody who goes through the checkout.
    func subscribed(
        _ customer: CustomerID, _ items: [Subscription.Item], trialDays: Int = 0
    ) async throws -> Subscription {
        let page = try await payments.startCheckout(
            NewCheckout(
                account: .random(), customer: customer, items: items, trialDays: trialDays,
                successURL: "http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}", cancelURL: "http://127.0.0.1:9/"),
            once: .random())
        #expect(try await press(page.url, card: "pays") == 303)
        return try #require(try await payments.subscriptions(of: customer).first)
    }
}
