/// What it means to go from one plan, or one set of paid things, to another.
public enum PlanChange: String, Sendable, CaseIterable {
    /// Nothing changes in what is had.
    case same
    /// Counts at once; the difference is paid at once.
    case upgrade
    /// Counts from the end of the period that is paid for. Nothing is ever deleted by it: what is above the new limits stays,
    /// and only growth stops.
    case downgrade

    /// The plan that costs more per month is the larger one. Where both cost the same, or are paid in different currencies, it
    /// is a downgrade if any limit falls or a feature goes, else an upgrade if anything grows.
    public static func judge(from old: Plan, to new: Plan) -> PlanChange {
        if let order = byPrice(old.prices.leastPerYear, new.prices.leastPerYear) { return order }
        if !new.limitsBelow(old).isEmpty || lacks(new, old) { return .downgrade }
        return old.limitsBelow(new).isEmpty && !lacks(old, new) ? .same : .upgrade
    }

    private static func byPrice(_ old: PlanPrice?, _ new: PlanPrice?) -> PlanChange? {
        if let old, let new, old.currency != new.currency { return nil }
        let (before, after) = (old?.centsPerYear ?? 0, new?.centsPerYear ?? 0)
        return before == after ? nil : before < after ? .upgrade : .downgrade
    }

    private static func lacks(_ plan: Plan, _ other: Plan) -> Bool {
        guard let features = plan.features else { return false }
        return other.features.map { !$0.isSubset(of: features) } ?? true
    }
}

extension PlanBook {
    /// Judges the plans; where they are equal, paying for a year is more than for a month; then what the add-ons add.
    public func change(from old: [Subscription.Item], to new: [Subscription.Item]) -> PlanChange {
        let (before, after) = (bundle(of: old), bundle(of: new))
        let judged = PlanChange.judge(from: before.bare, to: after.bare)
        if judged != .same { return judged }
        if before.interval != after.interval { return after.interval == .year ? .upgrade : .downgrade }
        return PlanChange.judge(from: before.whole, to: after.whole)
    }

    private func bundle(of items: [Subscription.Item]) -> (bare: Plan, whole: Plan, interval: BillingInterval?) {
        let item = items.first { plan(for: $0.price) != nil }
        let (name, _, bare) = item.flatMap { plan(for: $0.price) } ?? (defaultPlan, 1, plan(named: nil).plan)
        return (bare, adding(items, to: bare, named: name), item.flatMap { price(named: $0.price)?.interval })
    }
}
