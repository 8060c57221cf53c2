import Storage

extension PlanBook {
    /// What an account may do at `now`: the one place where that is decided, of nothing but these values.
    ///
    /// A subscription that gives access wins over the assigned plan, unless the operator fixed that
    /// (``AssignedPlan/isFixed``); what add-ons add is had in either case, where they go with the plan.
    ///
    /// | status | plan |
    /// | --- | --- |
    /// | `trialing`, `active` | that of its price, until its end, and for `lateNewsDays` more unless it is to end then |
    /// | `past_due` | the same for `pastDueGraceDays`: grace |
    /// | `incomplete`, `incomplete_expired` | the assigned one |
    /// | `unpaid`, `paused`, `canceled`, and the above after their time | the assigned one, or the default plan (`afterLapse`) |
    ///
    /// Who went to a smaller plan keeps the larger until the time they paid for ends. Prices that the book does not know
    /// change nothing. The newest plan stands in for a version that the book no longer has, the default plan for a plan.
    public func entitlement(
        assigned: AssignedPlan?, subscription: Subscription?, at now: Timestamp
    ) -> Entitlement {
        let present = standing(assigned, subscription, at: now)
        let change = moments(of: subscription).filter { $0 > now }.sorted()
            .first { standing(assigned, subscription, at: $0) != present }
        return Entitlement(
            present.plan, named: present.planName, version: present.planVersion, ground: present.ground,
            period: present.period, changesAt: change)
    }

    /// When anything may change by itself: between them nothing does.
    private func moments(of subscription: Subscription?) -> [Timestamp] {
        guard let subscription, let access = subscription.access(under: policy) else { return [] }
        return [access.until, subscription.period?.end, subscription.retained?.until].compactMap { $0 }
    }

    /// The entitlement of a moment, without an outlook.
    private func standing(_ assigned: AssignedPlan?, _ subscription: Subscription?, at now: Timestamp) -> Entitlement {
        let given = plan(named: assigned?.name, version: assigned?.version ?? .max)
        guard let subscription else { return Entitlement(given.plan, named: given.name, version: given.plan.version) }
        guard let access = subscription.access(under: policy), access.isOpen(at: now) else {
            let falls = policy.afterLapse == .defaultPlan && subscription.hasLapsed && assigned?.isFixed != true
            let plan = falls ? plan(named: nil) : given
            return Entitlement(plan.plan, named: plan.name, version: plan.plan.version)
        }
        let isFixed = assigned?.isFixed ?? false
        let paid = isFixed ? nil : paidPlan(of: subscription, at: now)
        let (name, bare) = paid ?? given
        return Entitlement(
            adding(subscription.items, orRetained: subscription.retained(at: now), to: bare, named: name), named: name,
            version: bare.version,
            ground: paid == nil ? .assigned : access.ground,
            period: paid == nil ? nil : subscription.period(at: now, openUntil: access.until))
    }

    /// The first of the items that is a plan; the retained one while it lasts and is larger.
    private func paidPlan(of subscription: Subscription, at now: Timestamp) -> (name: String, plan: Plan)? {
        let present = subscription.items.lazy.compactMap { plan(for: $0.price) }.first
        let former = subscription.retained(at: now).lazy.compactMap { plan(for: $0.price) }.first
        guard let former else { return present.map { ($0.name, $0.plan) } }
        guard let present, PlanChange.judge(from: present.plan, to: former.plan) != .upgrade else {
            return (former.name, former.plan)
        }
        return (present.name, present.plan)
    }

    /// The plan with what the add-ons among the items add: those that go with it, each as often as paid for and allowed.
    ///
    /// - Parameter retained: of what is in both, the more counts.
    func adding(
        _ items: [Subscription.Item], orRetained retained: [Subscription.Item] = [], to plan: Plan, named name: String
    ) -> Plan {
        let quantities = quantities(of: items, with: name).merging(
            quantities(of: retained, with: name), uniquingKeysWith: max)
        return quantities.reduce(into: plan) { plan, counted in
            if let addOn = addOns[counted.key] { plan.add(addOn, times: counted.value) }
        }
    }

    private func quantities(of items: [Subscription.Item], with plan: String) -> [String: Int] {
        items.reduce(into: [:]) { quantities, item in
            guard let (addOn, offered) = addOn(for: item.price), offered.goesWith(plan) else { return }
            let most = max(0, offered.maxQuantity)
            // Both are within bounds by now.
            quantities[addOn] = min(most, quantities[addOn, default: 0] + min(most, max(0, item.quantity)))
        }
    }
}

extension Subscription {
    fileprivate func retained(at now: Timestamp) -> [Item] {
        retained.flatMap { now < $0.until ? $0.items : nil } ?? []
    }
}
