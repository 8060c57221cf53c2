/// What can be wrong between things that are each right: add-ons and plans, prices of one name, lanes.
extension PlanBook {
    func problemsOf(_ addOn: AddOn, named name: String) -> [PlanProblem] {
        let place = "add_ons.\(name)"
        var problems = Self.problemsOf(addOn.prices, place)
        if addOn.prices.isEmpty {
            problems.append(.error("\(place).prices", "there are none: nobody could pay for it"))
        }
        if addOn.adds.values.allSatisfy({ $0 == 0 }) { problems.append(.error("\(place).adds", "it adds nothing")) }
        for (limit, amount) in addOn.adds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where amount < 0 {
            problems.append(.error("\(place).adds.\(limit.rawValue)", "is negative"))
        }
        if !AddOn.quantities.contains(addOn.maxQuantity) {
            problems.append(.error("\(place).max_quantity", "is not from 1 to \(AddOn.quantities.upperBound)"))
        }
        for plan in (addOn.plans ?? []).sorted() where plans[plan] == nil {
            problems.append(.error("\(place).plans", "there is no plan '\(plan)'"))
        }
        for (plan, offered) in plans.sorted(by: { $0.key < $1.key }) where addOn.goesWith(plan) {
            problems += Self.misfits(of: addOn, place, with: offered, named: plan)
        }
        return problems
    }

    /// Providers bill all of a subscription in one currency and at one interval.
    private static func misfits(of addOn: AddOn, _ place: String, with plan: Plan, named name: String) -> [PlanProblem]
    {
        let currencies = Set(plan.prices.map(\.currency)), own = Set(addOn.prices.map(\.currency))
        guard !currencies.isEmpty, !own.isEmpty else { return [] }
        guard currencies == own else {
            return [.error("\(place).prices", "the plan '\(name)' is paid in another currency")]
        }
        let lacking = Set(plan.prices.map(\.interval)).subtracting(addOn.prices.map(\.interval))
        return lacking.map(\.rawValue).sorted().map {
            .warning(
                "\(place).prices",
                "who pays for the plan '\(name)' by the \($0) cannot have it: no price is for a \($0)")
        }
    }

    var problemsOfPriceNames: [PlanProblem] {
        var places: [PriceName: [String]] = [:]
        for (name, plan) in versions {
            for price in plan.prices { places[price.name, default: []].append(place(of: plan, named: name)) }
        }
        for (name, addOn) in addOns.sorted(by: { $0.key < $1.key }) {
            for price in addOn.prices { places[price.name, default: []].append("add_ons.\(name)") }
        }
        return places.filter { $0.value.count > 1 }.sorted { $0.key.text < $1.key.text }.map { name, places in
            .error(
                places[0] + ".prices",
                "the price '\(name)' is also in '\(places[1])': who pays it would have either; give each its own name")
        }
    }

    var problemsOfDefaultPlan: [PlanProblem] {
        guard let plan = plans[defaultPlan], !plan.prices.isEmpty else { return [] }
        return [.warning("plans.\(defaultPlan).prices", "every new account has this plan without paying for it")]
    }

    var problemsOfLanes: [PlanProblem] {
        var places: [String: String] = ["default": "the service's own"]
        for (name, plan) in versions { places[plan.lane] = places[plan.lane] ?? place(of: plan, named: name) }
        let lanes = places.keys.sorted()
        return lanes.enumerated().flatMap { index, lane in
            lanes[(index + 1)...].filter { $0.isNearly(lane) }.map { other in
                // What is the service's own is not misspelt.
                let (wrong, right) = other == "default" ? (lane, other) : (other, lane)
                return PlanProblem.warning(
                    "\(places[wrong] ?? "plans").lane", "'\(wrong)' looks like '\(right)': is it another queue?")
            }
        }
    }
}

extension String {
    /// Whether somebody may have meant the other: the same but for case and signs, or for one letter of four or more. Numbers
    /// differ on purpose.
    func isNearly(_ other: String) -> Bool {
        let (mine, theirs) = (letters, other.letters)
        guard mine != theirs else { return true }
        guard min(mine.count, theirs.count) >= 4, abs(mine.count - theirs.count) <= 1 else { return false }
        let start = zip(mine, theirs).prefix { $0 == $1 }.count
        let end = zip(mine.reversed(), theirs.reversed()).prefix { $0 == $1 }.count
        let differing = mine.dropFirst(start).prefix(1) + theirs.dropFirst(start).prefix(1)
        return start + end >= max(mine.count, theirs.count) - 1 && !differing.contains { $0.isNumber }
    }

    private var letters: [Character] { lowercased().filter { $0.isLetter || $0.isNumber }.map { $0 } }
}
