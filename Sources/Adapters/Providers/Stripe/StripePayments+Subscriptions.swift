import Billing
import Storage

extension StripePayments {
    /// Pages of a customer's subscriptions that are read: nobody has a thousand.
    private static let mostPages = 10

    public func subscription(_ id: SubscriptionID) async throws(PaymentError) -> Subscription {
        try await object(id).subscription()
    }

    public func subscriptions(of customer: CustomerID) async throws(PaymentError) -> [Subscription] {
        var subscriptions: [Subscription] = []
        for _ in 0..<Self.mostPages {
            var query: StripeParameter = ["customer": .text(customer.text), "status": "all", "limit": 100]
            if let last = subscriptions.last { query = query + ["starting_after": .text(last.id.text)] }
            let page = try await client.get("/v1/subscriptions", query)
            let objects = try page.objects("data")
            for object in objects { subscriptions.append(try object.subscription()) }
            guard try page.bool("has_more") == true, !objects.isEmpty else { return subscriptions }
        }
        throw .unreadable("the customer has too many subscriptions")
    }

    public func cancel(
        _ id: SubscriptionID, atPeriodEnd: Bool, once key: RequestKey
    ) async throws(PaymentError) -> Subscription {
        let path = try Self.path(id)
        if atPeriodEnd {
            return try await client.post(path, ["cancel_at_period_end": true], once: key).subscription()
        }
        do throws(PaymentError) {
            return try await client.delete(path).subscription()
        } catch {
            // Stripe no longer knows what to cancel when it was: by an answer that was lost, or by somebody else.
            guard error == .notFound else { throw error }
            let subscription = try await subscription(id)
            guard subscription.status.isTerminal else { throw error }
            return subscription
        }
    }

    public func resume(_ id: SubscriptionID, once key: RequestKey) async throws(PaymentError) -> Subscription {
        let object = try await object(id)
        let now = try object.subscription()
        let path = try Self.path(id)
        guard !now.status.isTerminal else { throw .refused("the subscription has ended: start a new one") }
        if now.status == .paused {
            // Another request than the one below, and Stripe wants another key for it.
            return try await client.post("\(path)/resume", [:], once: RequestKey("resume", key.text)).subscription()
        }
        var form: StripeParameter = [:]
        if try object.bool("cancel_at_period_end") == true {
            form = form + ["cancel_at_period_end": false]
        } else if object.has("cancel_at") {
            form = form + ["cancel_at": ""]
        }
        if object.has("pause_collection") { form = form + ["pause_collection": ""] }
        guard form != [:] else { return now }
        return try await client.post(path, form, once: key).subscription()
    }

    func object(_ id: SubscriptionID) async throws(PaymentError) -> StripeObject {
        try await client.get(try Self.path(id))
    }

    static func path(_ id: SubscriptionID) throws(PaymentError) -> String { "/v1/subscriptions/\(try id.pathPart)" }
}
