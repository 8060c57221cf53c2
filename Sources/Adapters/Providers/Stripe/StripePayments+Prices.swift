import Billing
import Storage

extension StripePayments {
    /// Makes the prices that lack, each under its lookup key, and their products.
    ///
    /// Nothing is made if one of the names is there with another amount: Stripe's prices never change, and who pays one
    /// goes on paying it.
    ///
    /// - Throws: ``PaymentError/refused(_:)`` with the name, and what to do.
    public func publish(_ offers: [PriceOffer]) async throws(PaymentError) -> [PriceName] {
        let there = try await prices(of: offers.map(\.name))
        for offer in offers {
            if let flaw = there[offer.name]?.flaw(for: offer) { throw .refused(flaw) }
        }
        var made: [PriceName] = []
        for offer in offers where there[offer.name] == nil && !made.contains(offer.name) {
            let product = try await product(called: offer.product)
            _ = try await client.post(
                "/v1/prices",
                [
                    "product": .text(product), "unit_amount": "\(offer.amount)", "currency": .text(offer.currency),
                    "recurring": ["interval": .text(offer.interval.rawValue)], "lookup_key": .text(offer.name.text),
                ], once: .random())
            made.append(offer.name)
        }
        return made
    }

    /// What Stripe has under these names; asked for each time, because somebody may have moved a name in the dashboard.
    func prices(of names: [PriceName]) async throws(PaymentError) -> [PriceName: StripePrice] {
        var prices: [PriceName: StripePrice] = [:]
        var rest = names[...]
        while !rest.isEmpty {
            // Stripe takes so many at once.
            let some = rest.prefix(10)
            rest = rest.dropFirst(10)
            let answer = try await client.get(
                "/v1/prices", ["lookup_keys": .list(some.map { .text($0.text) }), "limit": 100])
            for object in try answer.objects("data") {
                let price = try StripePrice(object)
                prices[price.name] = price
            }
        }
        return prices
    }

    /// Under a name that follows from what it is called, so that it exists once.
    private func product(called name: String) async throws(PaymentError) -> String {
        let id = "waxwing-" + PercentEncoding.encode(name).replacing("%", with: "_")
        guard let reference = ProviderReference<StripePrice>(id), let path = try? reference.pathPart else {
            throw .refused("a product's name is too long, or has dots or tildes in it: give it a plain one")
        }
        do throws(PaymentError) {
            _ = try await client.get("/v1/products/\(path)")
        } catch {
            guard error == .notFound else { throw error }
            _ = try await client.post("/v1/products", ["id": .text(id), "name": .text(name)], once: .random())
        }
        return id
    }
}

/// A price as Stripe has it.
struct StripePrice: Equatable {
    let id: String
    let name: PriceName
    let isActive: Bool
    /// Nil where it is not one amount for each.
    let amount: Int?
    let currency: String
    let interval: String

    init(_ object: StripeObject) throws(PaymentError) {
        id = try object.text("id").needed("id")
        name = try object.priceName()
        isActive = try object.bool("active") ?? true
        amount = try object.integer("unit_amount")
        currency = try object.text("currency").needed("currency")
        interval = try object.interval() ?? "once"
    }

    /// Why it is not what is offered; nil when it is.
    func flaw(for offer: PriceOffer) -> String? {
        guard isActive else {
            return "the price '\(name)' is archived at Stripe: activate it there, or give the offer a new name"
        }
        guard amount == offer.amount, currency == offer.currency.lowercased(), interval == offer.interval.rawValue
        else {
            let there = "\(amount.map(String.init) ?? "another amount") \(currency) each \(interval)"
            return "the price '\(name)' is \(there) at Stripe: prices do not change, so give the new one a new name"
        }
        return nil
    }
}

extension StripeObject {
    /// `month`, or `3 month`; nil for what is paid once.
    func interval() throws(PaymentError) -> String? {
        // The older `plan` has it itself.
        let terms = try object("recurring") ?? self
        guard let interval = try terms.text("interval") else { return nil }
        let count = try terms.integer("interval_count") ?? 1
        return count == 1 ? interval : "\(count) \(interval)"
    }
}

extension [PriceName: StripePrice] {
    func known(_ name: PriceName) throws(PaymentError) -> StripePrice {
        guard let price = self[name] else {
            throw .refused("Stripe has no price '\(name)': publish the prices of the plans file")
        }
        return price
    }
}
