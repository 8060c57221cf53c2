/// All plans of a service, as in the file that `waxwing plans template` prints.
public struct PlanBook: Equatable, Sendable {
    /// What a new account gets.
    public let defaultPlan: String
    /// The newest version of each.
    public let plans: [String: Plan]
    /// Versions before the newest that are still held, newest first.
    public let earlier: [String: [Plan]]
    public let addOns: [String: AddOn]
    public let policy: SubscriptionPolicy
    /// What one second of analysis costs the operator, in millionths of a US dollar; fills the `cost` of every analysis.
    public let analysisSecondMicroUSD: Int
    public let requestLimits: RequestLimits
    /// What other things cost the operator.
    public let costs: CostPrices
    public let aiPrices: AIPrices
    private let sold: [PriceName: Sold]

    private enum Sold: Equatable {
        case plan(String, Plan, PlanPrice)
        case addOn(String, AddOn, PlanPrice)
    }

    /// - Throws: ``PlanBookError/wrong(_:)`` with all that is wrong; ``warnings`` are no errors.
    public init(
        defaultPlan: String, plans: [String: Plan], earlier: [String: [Plan]] = [:], addOns: [String: AddOn] = [:],
        policy: SubscriptionPolicy = SubscriptionPolicy(), analysisSecondMicroUSD: Int = 15,
        requestLimits: RequestLimits = RequestLimits(), costs: CostPrices = CostPrices(), aiPrices: AIPrices = .standard
    ) throws(PlanBookError) {
        self.init(
            unchecked: defaultPlan, plans: plans, earlier: earlier, addOns: addOns, policy: policy,
            analysisSecondMicroUSD: analysisSecondMicroUSD, requestLimits: requestLimits, costs: costs,
            aiPrices: aiPrices)
        let errors = problems.filter { $0.severity == .error }
        guard errors.isEmpty else { throw .wrong(errors) }
    }

    init(
        unchecked defaultPlan: String, plans: [String: Plan], earlier: [String: [Plan]], addOns: [String: AddOn],
        policy: SubscriptionPolicy, analysisSecondMicroUSD: Int, requestLimits: RequestLimits,
        costs: CostPrices, aiPrices: AIPrices
    ) {
        (self.defaultPlan, self.plans, self.addOns, self.policy) = (defaultPlan, plans, addOns, policy)
        self.earlier = earlier.filter { !$0.value.isEmpty }.mapValues { $0.sorted { $0.version > $1.version } }
        (self.analysisSecondMicroUSD, self.requestLimits) = (analysisSecondMicroUSD, requestLimits)
        (self.costs, self.aiPrices) = (costs, aiPrices)
        var sold: [PriceName: Sold] = [:]
        for (name, addOn) in addOns {
            for price in addOn.prices { sold[price.name] = .addOn(name, addOn, price) }
        }
        for (name, plan) in Self.versions(plans, self.earlier) {
            for price in plan.prices { sold[price.name] = .plan(name, plan, price) }
        }
        self.sold = sold
    }

    /// Every version of every plan: by name, the newest first.
    public var versions: [(name: String, plan: Plan)] { Self.versions(plans, earlier) }

    private static func versions(
        _ plans: [String: Plan], _ earlier: [String: [Plan]]
    ) -> [(name: String, plan: Plan)] {
        plans.sorted { $0.key < $1.key }.flatMap { name, newest in
            ([newest] + (earlier[name] ?? [])).map { (name: name, plan: $0) }
        }
    }

    /// The newest plan of that name; the default plan for a name that the file no longer has.
    public func plan(named name: String?) -> (name: String, plan: Plan) {
        if let name, let plan = plans[name] { return (name, plan) }
        // `init` has checked that the default plan is there.
        return (defaultPlan, plans[defaultPlan] ?? Plan())
    }

    /// The version that somebody holds; the newest where the file no longer has it.
    public func plan(named name: String?, version: Int) -> (name: String, plan: Plan) {
        let newest = plan(named: name)
        guard newest.name == name, let older = earlier[newest.name]?.first(where: { $0.version == version }) else {
            return newest
        }
        return (newest.name, older)
    }

    /// What is had for a price, also one that is no longer offered.
    public func plan(for price: PriceName) -> (name: String, version: Int, plan: Plan)? {
        guard case .plan(let name, let plan, _) = sold[price] else { return nil }
        return (name, plan.version, plan)
    }

    public func addOn(for price: PriceName) -> (name: String, addOn: AddOn)? {
        guard case .addOn(let name, let addOn, _) = sold[price] else { return nil }
        return (name, addOn)
    }

    /// A price of a plan, of any of its versions, or of an add-on.
    public func price(named name: PriceName) -> PlanPrice? {
        switch sold[name] {
        case .plan(_, _, let price), .addOn(_, _, let price): price
        case nil: nil
        }
    }

    /// The prices at which something can be had now, by name: those of the newest versions and of the add-ons.
    public var offers: [PriceOffer] {
        let ofPlans = plans.flatMap { name, plan in plan.prices.map { ($0, plan.title ?? name) } }
        let ofAddOns = addOns.values.flatMap { addOn in addOn.prices.map { ($0, addOn.title) } }
        return (ofPlans + ofAddOns).sorted { $0.0.name.text < $1.0.name.text }.map { price, product in
            PriceOffer(
                name: price.name, product: product, amount: price.cents, currency: price.currency,
                interval: price.interval)
        }
    }

    /// What looks wrong and is taken all the same.
    public var warnings: [PlanProblem] { problems.filter { $0.severity == .warning } }
}
