import Billing
import Storage

/// A plan that can be had, as those see it who might want it.
public struct PlanOffer: Sendable, Encodable {
    public struct Price: Sendable, Encodable {
        public let interval: BillingInterval
        /// The smallest unit of the currency: cents.
        public let cents: Int
        public let currency: String

        /// `9.99 USD a month`.
        public var text: String {
            let (whole, rest) = cents.quotientAndRemainder(dividingBy: 100)
            return "\(whole).\(rest < 10 ? "0" : "")\(rest) \(currency.uppercased()) a \(interval.rawValue)"
        }

        init(_ price: PlanPrice) {
            (interval, cents, currency) = (price.interval, price.cents, price.currency)
        }
    }

    public struct AddOn: Sendable, Encodable {
        public let name: String
        public let title: String
        public let maxQuantity: Int
        public let prices: [Price]
    }

    public let name: String
    public let version: Int
    public let title: String
    public let trialDays: Int
    /// None for a plan that costs nothing, or that only the operator gives.
    public let prices: [Price]
    /// By the names of the plan file; nil for no limit.
    public let limits: [String: Int?]
    /// Nil for all there are.
    public let features: [String]?
    public let addOns: [AddOn]

    /// All, the cheapest first.
    package static func all(of book: PlanBook) -> [PlanOffer] {
        book.plans.map { name, plan in PlanOffer(plan, named: name, in: book) }
            .sorted { ($0.prices.first?.cents ?? 0, $0.name) < ($1.prices.first?.cents ?? 0, $1.name) }
    }

    private init(_ plan: Plan, named name: String, in book: PlanBook) {
        (self.name, version, title, trialDays) = (name, plan.version, plan.title ?? name, plan.trialDays)
        prices = plan.prices.map(Price.init)
        limits = Dictionary(uniqueKeysWithValues: PlanLimit.allCases.map { ($0.rawValue, plan[$0]) })
        features = plan.features.map { $0.map(\.name).sorted() }
        addOns = book.addOns.filter { $0.value.plans?.contains(name) ?? !plan.prices.isEmpty }
            .map { AddOn(name: $0, title: $1.title, maxQuantity: $1.maxQuantity, prices: $1.prices.map(Price.init)) }
            .sorted { $0.name < $1.name }
    }
}

/// A plan that somebody wants, with add-ons.
public struct PlanWish: Sendable {
    public let plan: String
    /// Nil for the only one, or by the month.
    public let interval: BillingInterval?
    /// How many of which.
    public let addOns: [String: Int]

    public init(plan: String, interval: BillingInterval?, addOns: [String: Int]) {
        (self.plan, self.interval, self.addOns) = (plan, interval, addOns)
    }

    /// - Parameter held: what is paid for already; of that also what is offered no longer can be kept.
    /// - Throws: ``ServiceError`` `.invalid` for what is not to be had.
    func items(in book: PlanBook, holding held: [Subscription.Item] = []) throws(ServiceError) -> [Subscription.Item] {
        let wanted = try find(in: book)
        guard let price = Self.price(of: wanted.prices, interval) else {
            let reason =
                wanted.prices.isEmpty ? "costs nothing: there is nothing to subscribe to" : "has no such interval"
            throw .invalid(
                field: wanted.prices.isEmpty ? "plan" : "interval", "the plan '\(plan.prefix(100))' \(reason)")
        }
        var items = [Subscription.Item(price: price.name)]
        for (name, quantity) in addOns.sorted(by: { $0.key < $1.key }) {
            // What is no longer offered is kept by who has it.
            let kept = held.first { book.addOn(for: $0.price)?.name == name }.flatMap { book.price(named: $0.price) }
            let prices = [kept].compactMap { $0 } + (book.addOns[name]?.prices ?? [])
            guard let price = prices.first(where: { $0.interval == price.interval }) else {
                throw .invalid(field: "add_ons", "there is no add-on '\(name.prefix(100))' at this interval")
            }
            items.append(.init(price: price.name, quantity: quantity))
        }
        do {
            try book.check(order: items, holding: held)
        } catch {
            throw .invalid(field: "add_ons", error.description)
        }
        return items
    }

    /// Another plan for who has one, with the add-ons they have as far as they go with it.
    ///
    /// - Parameter held: what is paid for now.
    init(plan: String, interval: BillingInterval?, keepingAddOnsOf held: [Subscription.Item], in book: PlanBook) {
        let kept = held.compactMap { item -> (String, Int)? in
            guard let (name, addOn) = book.addOn(for: item.price), addOn.plans?.contains(plan) ?? true,
                interval.map({ wanted in addOn.prices.contains { $0.interval == wanted } }) ?? true
            else { return nil }
            return (name, item.quantity)
        }
        self.init(plan: plan, interval: interval, addOns: Dictionary(kept) { first, _ in first })
    }

    func trialDays(in book: PlanBook) throws(ServiceError) -> Int { try find(in: book).trialDays }

    private func find(in book: PlanBook) throws(ServiceError) -> Plan {
        guard let found = book.plans[plan] else {
            let known = book.plans.keys.sorted().joined(separator: ", ")
            throw .invalid(field: "plan", "there is no plan '\(plan.prefix(100))': there are \(known)")
        }
        return found
    }

    private static func price(of prices: [PlanPrice], _ interval: BillingInterval?) -> PlanPrice? {
        guard let interval else { return prices.first { $0.interval == .month } ?? prices.first }
        return prices.first { $0.interval == interval }
    }
}
