import Billing
import Foundation
import HTTPTypes
import Storage
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// A service whose plans are paid for, at a provider that takes no money.
enum Shop {
    static func run(
        limits: RequestLimits = RequestLimits(), clock: any WallClock = SystemClock(),
        _ test: @escaping @Sendable (TestAPI) async throws -> Void
    ) async throws {
        try await TestAPI.run(book: try book(limits), payments: PaymentOptions(.development), clock: clock) { api in
            _ = try await api.useCases.billingOperation.publishPrices()
            try await test(api)
        }
    }

    /// The title of the largest is what a page must not take for markup.
    static func book(_ limits: RequestLimits = RequestLimits()) throws -> PlanBook {
        func price(_ name: String, _ cents: Int) throws -> PlanPrice {
            PlanPrice(try #require(PriceName(name)), cents)
        }
        return try PlanBook(
            defaultPlan: "free",
            plans: [
                "free": Plan(uploadBytes: 100_000, uploadsPerMonth: 2, title: "Free"),
                "pro": Plan(
                    uploadBytes: 1_000_000, uploadsPerMonth: 100, prices: [price("pro-month-1", 999)], title: "Pro"),
                "max": Plan(prices: [price("max-month-1", 2_900)], title: "Max <script>alert('&')</script>"),
            ], requestLimits: limits)
    }
}

extension TestAPI {
    var development: DevelopmentPayments {
        get throws { try useCases.billingOperation.development() }
    }

    /// Subscribes, and pays.
    func subscribe(to plan: String, token: String) async throws -> SubscriptionID {
        let begun = try await send(.post, "/api/subscribe", token: token, "{\"plan\": \"\(plan)\"}")
        #expect(begun.status == .created)
        let url = try #require(begun.data["url"] as? String)
        return try await development.complete(checkout: String(try #require(url.split(separator: "/").last))).id
    }

    /// Posts a form as a browser does that shows a page of ours.
    func post(
        _ path: String, _ form: String = "", cookie: String?, origin: String? = "http://localhost"
    ) async throws -> Answer {
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        headers[.origin] = origin
        headers[.cookie] = cookie
        return try await send(.post, path, headers: headers, form)
    }
}

/// A provider that is there for its webhooks alone.
struct WebhookPayments: PaymentProvider {
    static let secret = "whsec_9f3b2c1d"

    let name = "webhooks"

    func event(from body: [UInt8]) throws(PaymentError) -> PaymentEvent {
        guard let event = try? JSONDecoder().decode(PaymentEvent.self, from: Data(body)) else {
            throw .unreadable("no event")
        }
        return event
    }

    func createCustomer(_: NewCustomer, once key: RequestKey) async throws(PaymentError) -> CustomerID {
        throw .unavailable("away")
    }
    func startCheckout(_: NewCheckout, once key: RequestKey) async throws(PaymentError) -> Checkout {
        throw .unavailable("away")
    }
    func openPortal(for customer: CustomerID, returningTo url: String) async throws(PaymentError) -> String {
        throw .unavailable("away")
    }
    func subscription(_: SubscriptionID) async throws(PaymentError) -> Subscription { throw .unavailable("away") }
    func subscriptions(of customer: CustomerID) async throws(PaymentError) -> [Subscription] {
        throw .unavailable("away")
    }
    func cancel(_: SubscriptionID, atPeriodEnd: Bool, once: RequestKey) async throws(PaymentError) -> Subscription {
        throw .declined("not now")
    }
    func resume(_: SubscriptionID, once key: RequestKey) async throws(PaymentError) -> Subscription {
        throw .refused("not so")
    }
    func change(
        _: SubscriptionID, by change: SubscriptionChange, once key: RequestKey
    ) async throws(PaymentError) -> Subscription { throw .unavailable("away") }
    func invoices(of: CustomerID, after: InvoiceID?, limit: Int) async throws(PaymentError) -> [Invoice] { [] }
    func publish(_ offers: [PriceOffer]) async throws(PaymentError) -> [PriceName] { [] }
}
