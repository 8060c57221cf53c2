extension PlanBook {
    /// All that is wrong with the book or looks so.
    var problems: [PlanProblem] {
        var problems: [PlanProblem] = []
        if plans[defaultPlan] == nil {
            problems.append(
                .error("default_plan", "names '\(defaultPlan)', but there is no such plan: add it or name another"))
        }
        for (name, plan) in versions { problems += problemsOf(plan, place(of: plan, named: name)) }
        for name in plans.keys.sorted() { problems += problemsOfVersions(of: name) }
        for (name, addOn) in addOns.sorted(by: { $0.key < $1.key }) { problems += problemsOf(addOn, named: name) }
        for name in earlier.keys.sorted() where plans[name] == nil {
            problems.append(.error("plans.\(name)", "has earlier versions and none of today"))
        }
        return problems + problemsOfPriceNames + problemsOfDefaultPlan + problemsOfLanes
    }

    func place(of plan: Plan, named name: String) -> String {
        plans[name]?.version == plan.version ? "plans.\(name)" : "plans.\(name) version \(plan.version)"
    }

    private func problemsOf(_ plan: Plan, _ place: String) -> [PlanProblem] {
        var problems = Self.problemsOf(plan.prices, place)
        if !Plan.versions.contains(plan.version) {
            problems.append(.error(place, "a version is from 1 to \(Plan.versions.upperBound)"))
        }
        for limit in PlanLimit.allCases where plan[limit] ?? 0 < 0 {
            problems.append(.error("\(place).\(limit.rawValue)", "is negative"))
        }
        if !Plan.trials.contains(plan.trialDays) {
            problems.append(.error("\(place).trial_days", "is not from 0 to \(Plan.trials.upperBound)"))
        }
        if plan.trialDays > 0, plan.prices.isEmpty {
            problems.append(.error("\(place).trial_days", "a trial of a plan without a price never ends: add 'prices'"))
        }
        if plan.monthlyWindow == .billingPeriod, plan.prices.isEmpty {
            problems.append(
                .warning("\(place).monthly_window", "nobody pays for this plan: its months are those of the calendar"))
        }
        if plan.monthlyWindow == .billingPeriod, plan.prices.contains(where: { $0.interval == .year }) {
            problems.append(
                .warning(
                    "\(place).monthly_window",
                    "what is paid by the year would be counted by the year: take 'calendar_month', or only monthly prices"
                ))
        }
        for feature in (plan.features ?? []).subtracting(PlanFeature.known).sorted() {
            let known = PlanFeature.known.sorted().map(\.name).joined(separator: ", ")
            problems.append(
                .warning("\(place).features", "the service does not ask for '\(feature)': it knows \(known)"))
        }
        return problems
    }

    /// - Parameter place: of what they are prices of.
    static func problemsOf(_ prices: [PlanPrice], _ place: String) -> [PlanProblem] {
        var problems: [PlanProblem] = []
        for price in prices {
            let place = "\(place).prices (\(price.name))"
            if price.cents == 0 {
                problems.append(.error(place, "what costs nothing has no price: leave it out"))
            } else if !PlanPrice.amounts.contains(price.cents) {
                problems.append(.error(place, "'cents' is not from 1 to \(PlanPrice.amounts.upperBound)"))
            }
            if !PlanPrice.isCurrency(price.currency) {
                problems.append(.error(place, "a currency is three lower-case letters, as 'usd'"))
            }
        }
        if Set(prices.map(\.currency)).count > 1 {
            problems.append(.error("\(place).prices", "has several currencies: one subscription is paid in one"))
        }
        return problems
    }

    private func problemsOfVersions(of name: String) -> [PlanProblem] {
        guard let newest = plans[name] else { return [] }
        let older = earlier[name] ?? []
        var problems: [PlanProblem] = []
        for plan in older where plan.version > newest.version {
            problems.append(
                .error(
                    "plans.\(name).earlier", "version \(plan.version) is later than the plan's own, \(newest.version)"))
        }
        let all = [newest] + older
        for version in Set(all.map(\.version)).sorted() where all.count(where: { $0.version == version }) > 1 {
            problems.append(.error("plans.\(name)", "has version \(version) twice: every change counts up by one"))
        }
        for (new, old) in zip(all, older) where new.version > old.version {
            problems += Self.shrinking(from: old, to: new, "plans.\(name)")
        }
        return problems
    }

    private static func shrinking(from old: Plan, to new: Plan, _ place: String) -> [PlanProblem] {
        let versions = "version \(new.version) than in version \(old.version)"
        var problems = new.limitsBelow(old).map {
            PlanProblem.warning("\(place).\($0.rawValue)", "is lower in \(versions)")
        }
        let lost = (old.features ?? PlanFeature.known).filter { !new.has($0) }.sorted()
        if !lost.isEmpty {
            problems.append(
                .warning(
                    "\(place).features",
                    "version \(new.version) lacks \(lost.map(\.name).joined(separator: ", ")) of version \(old.version)"
                ))
        }
        return problems
    }
}
