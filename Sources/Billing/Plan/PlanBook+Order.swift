extension PlanBook {
    /// Checks what somebody wants to pay for in one subscription: one plan that is offered, and add-ons that go with it, each once,
    /// not more of them than may be, all for the same interval.
    ///
    /// - Parameter held: what they pay for already; of that they keep what is no longer offered.
    public func check(
        order items: [Subscription.Item], holding held: [Subscription.Item] = []
    ) throws(OrderError) {
        for item in items where items.count(where: { $0.price == item.price }) > 1 { throw .repeated(item.price) }
        let offered = Set(offers.map(\.name)).union(held.map(\.price))
        for item in items where !offered.contains(item.price) || price(named: item.price) == nil {
            throw .notOffered(item.price)
        }
        let plans = items.compactMap { item in plan(for: item.price).map { (item, $0.name) } }
        guard let (planItem, name) = plans.first, plans.count == 1 else { throw .notOnePlan(plans.count) }
        guard planItem.quantity == 1 else { throw .quantity(planItem.price, most: 1) }
        try checkAddOns(of: items, with: name)
        guard Set(items.compactMap { price(named: $0.price)?.interval }).count == 1 else { throw .severalIntervals }
    }

    private func checkAddOns(of items: [Subscription.Item], with plan: String) throws(OrderError) {
        var names: Set<String> = []
        for item in items {
            guard let (name, addOn) = addOn(for: item.price) else { continue }
            guard names.insert(name).inserted else { throw .repeated(item.price) }
            guard addOn.goesWith(plan) else { throw .doesNotGo(addOn: name, with: plan) }
            guard item.quantity >= 1, item.quantity <= addOn.maxQuantity else {
                throw .quantity(item.price, most: addOn.maxQuantity)
            }
        }
    }
}

/// Why something cannot be paid for as it was asked.
public enum OrderError: Error, Equatable, Sendable {
    case notOffered(PriceName)
    /// The same price, or two prices of one add-on.
    case repeated(PriceName)
    /// So many plans, where there is to be one.
    case notOnePlan(Int)
    case quantity(PriceName, most: Int)
    case doesNotGo(addOn: String, with: String)
    case severalIntervals
}

extension OrderError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notOffered(let price): "'\(price)' is not offered: choose one of the plans that are"
        case .repeated(let price): "'\(price)' is asked for twice: ask once, with a quantity"
        case .notOnePlan(0): "no plan is asked for: choose one"
        case .notOnePlan: "several plans are asked for: choose one"
        case .quantity(let price, let most): "of '\(price)' there can be 1 to \(most)"
        case .doesNotGo(let addOn, let plan): "'\(addOn)' does not go with the plan '\(plan)'"
        case .severalIntervals: "some is paid by the month and some by the year: choose one of them"
        }
    }
}
