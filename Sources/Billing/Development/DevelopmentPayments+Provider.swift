import Foundation
import Storage

extension DevelopmentPayments: PaymentProvider {
    public var name: String { "development" }

    public func createCustomer(
        _ customer: NewCustomer, once key: RequestKey
    ) async throws(PaymentError) -> CustomerID {
        try await change { till in
            try till.once(key) {
                let id: CustomerID = try DevelopmentTill.name("cus")
                try till.save(customer.account, as: .customer, id.text, of: id)
                return id
            }
        }
    }

    public func startCheckout(_ checkout: NewCheckout, once key: RequestKey) async throws(PaymentError) -> Checkout {
        try await change { till in
            let made = try till.once(key) {
                guard try till.find(AccountID.self, .customer, checkout.customer.text) == checkout.account else {
                    throw PaymentError.notFound
                }
                try till.closeCheckouts(of: checkout.customer)
                let id = UUID().uuidString.lowercased()
                let kept = DevelopmentCheckout(
                    id: id, account: checkout.account, customer: checkout.customer, items: checkout.items,
                    trialDays: checkout.trialDays, successURL: checkout.successURL, cancelURL: checkout.cancelURL,
                    expiresAt: till.now + .seconds(86_400))
                try till.save(kept, as: .checkout, id, of: checkout.customer)
                return kept
            }
            return Checkout(id: made.id, url: checkoutURL(made.id), expiresAt: made.expiresAt)
        }
    }

    public func openPortal(for customer: CustomerID, returningTo url: String) async throws(PaymentError) -> String {
        let isKnown = try await look { session in
            try DevelopmentTill.find(AccountID.self, .customer, customer.text, in: session) != nil
        }
        guard isKnown else { throw .notFound }
        return portalURL
    }

    public func subscription(_ id: SubscriptionID) async throws(PaymentError) -> Subscription {
        let kept = try await look { session in
            try DevelopmentTill.find(DevelopmentSubscription.self, .subscription, id.text, in: session)
        }
        guard let kept else { throw .notFound }
        return kept.picture
    }

    public func subscriptions(of customer: CustomerID) async throws(PaymentError) -> [Subscription] {
        try await look { session in
            try DevelopmentTill.all(DevelopmentSubscription.self, .subscription, of: customer, in: session)
                .map(\.picture)
        }
    }

    public func cancel(
        _ id: SubscriptionID, atPeriodEnd: Bool, once key: RequestKey
    ) async throws(PaymentError) -> Subscription {
        try await change { till in
            try till.once(key) {
                var kept = try till.subscription(id)
                guard !kept.picture.status.isTerminal else { throw PaymentError.refused("it has ended") }
                if atPeriodEnd, kept.picture.status.givesAccess {
                    kept.picture.cancelsAtPeriodEnd = true
                    return try till.tell(kept)
                }
                return try till.end(kept, at: till.moment(for: kept))
            }
        }
    }

    public func resume(_ id: SubscriptionID, once key: RequestKey) async throws(PaymentError) -> Subscription {
        try await change { till in
            try till.once(key) {
                let kept = try till.subscription(id)
                switch kept.picture.status {
                case .paused: return try till.renew(kept, at: till.moment(for: kept))
                case let status where !status.isTerminal && kept.picture.cancelsAtPeriodEnd:
                    var resumed = kept
                    resumed.picture.cancelsAtPeriodEnd = false
                    return try till.tell(resumed)
                default: throw PaymentError.refused("nothing about it can be taken back")
                }
            }
        }
    }

    public func change(
        _ id: SubscriptionID, by change: SubscriptionChange, once key: RequestKey
    ) async throws(PaymentError) -> Subscription {
        try await self.change { till in
            try till.once(key) {
                var kept = try till.subscription(id)
                guard kept.picture.status.givesAccess else {
                    throw PaymentError.refused("it is \(kept.picture.status.rawValue)")
                }
                (kept.picture.items, kept.picture.retained) = (change.items, change.retained)
                return try till.tell(kept)
            }
        }
    }

    public func invoices(
        of customer: CustomerID, after: InvoiceID?, limit: Int
    ) async throws(PaymentError) -> [Invoice] {
        let all = try await look { session in
            try DevelopmentTill.all(Invoice.self, .invoice, of: customer, in: session)
        }
        let rest = after.map { last in all.drop { $0.id != last }.dropFirst() } ?? all[...]
        return Array(rest.prefix(max(0, limit)))
    }

    public func publish(_ offers: [PriceOffer]) async throws(PaymentError) -> [PriceName] {
        try await change { till in
            var made: [PriceName] = []
            for offer in offers where try till.find(DevelopmentPrice.self, .price, offer.name.text) == nil {
                try till.save(DevelopmentPrice(offer), as: .price, offer.name.text)
                made.append(offer.name)
            }
            return made
        }
    }

    public func event(from body: [UInt8]) throws(PaymentError) -> PaymentEvent {
        do {
            return try JSONDecoder().decode(PaymentEvent.self, from: Data(body))
        } catch {
            throw .unreadable("no event of the development provider")
        }
    }
}

struct DevelopmentPrice: Codable, Sendable {
    let amount: Int
    let currency: String
    let interval: BillingInterval

    init(_ offer: PriceOffer) {
        (amount, currency, interval) = (offer.amount, offer.currency, offer.interval)
    }
}
