import Storage

/// What a service's users cost and bring in one month, by plan: whether it can live.
public struct UnitEconomics: Equatable, Sendable {
    public let month: UTCMonth
    /// By name of plan; at the end, under ``gone``, costs of accounts that are not among the users any more.
    public let lines: [PlanEconomics]
    public let total: PlanEconomics
    /// What the service costs though nobody uses it.
    public let fixedCosts: MicroUSD

    /// Under which costs stand that belong to nobody who is there.
    public static let gone = "(gone)"

    /// - Parameters:
    ///   - users: everybody there is, each once.
    ///   - usage: what was used in the month: ``UsageLog/usage(of:in:)``.
    public init(
        month: UTCMonth, users: [EconomicUser], usage: [AccountID: AccountUsage], fixedCosts: MicroUSD = .zero
    ) {
        var (lines, rest) = ([String: PlanEconomics](), usage)
        for user in users {
            let used = rest.removeValue(forKey: user.account) ?? AccountUsage()
            lines[user.plan, default: PlanEconomics(plan: user.plan)].add(used, revenue: user.revenue)
        }
        var total = lines.values.reduce(into: PlanEconomics(plan: "total")) { $0.add($1) }
        var ordered = lines.values.sorted { $0.plan < $1.plan }
        if !rest.isEmpty {
            let gone = rest.values.reduce(into: PlanEconomics(plan: Self.gone)) { $0.add(costs: $1.costs) }
            total.add(gone)
            ordered.append(gone)
        }
        (self.month, self.lines, self.total, self.fixedCosts) = (month, ordered, total, fixedCosts)
    }

    /// Revenue that is left when everything is paid.
    public var profit: MicroUSD { total.margin - fixedCosts }

    /// How many users of a plan, each as those there are, would pay for the fixed costs and for what other plans lose.
    ///
    /// - Returns: nil where one of them brings no more than it costs, or there are none.
    public func breakEven(of plan: String) -> Int? {
        guard let line = lines.first(where: { $0.plan == plan }), line.users > 0, line.margin > .zero else {
            return nil
        }
        let losses = lines.filter { $0.plan != plan && $0.margin < .zero }.reduce(MicroUSD.zero) { $0 - $1.margin }
        let burden = fixedCosts + losses
        guard burden > .zero else { return 0 }
        // Of the margin of all, not of one's rounded part: exact.
        let needed = UInt128(burden.count) * UInt128(line.users)
        let (whole, rest) = needed.quotientAndRemainder(dividingBy: UInt128(line.margin.count))
        return Int(exactly: rest > 0 ? whole + 1 : whole) ?? .max
    }
}

/// A user in a month.
public struct EconomicUser: Equatable, Sendable {
    public let account: AccountID
    public let plan: String
    /// What came in, less what was given back.
    public let revenue: MicroUSD

    public init(account: AccountID, plan: String, revenue: MicroUSD = .zero) {
        (self.account, self.plan, self.revenue) = (account, plan, revenue)
    }
}

/// What one account used in a month.
public struct AccountUsage: Equatable, Sendable {
    /// By feature.
    public private(set) var costs: [UsageFeature: UsageCost] = [:]
    /// Something was done: to have something stored is not enough.
    public private(set) var isActive = false

    public init() {}

    public mutating func add(_ feature: UsageFeature, cost: UsageCost) {
        costs[feature, default: UsageCost(.zero)] += cost
        if feature != .storage { isActive = true }
    }
}

/// The users of one plan in a month, together.
public struct PlanEconomics: Equatable, Sendable {
    public let plan: String
    public private(set) var users = 0
    public private(set) var activeUsers = 0
    public private(set) var revenue = MicroUSD.zero
    private var exactCosts: [UsageFeature: UsageCost] = [:]

    init(plan: String) {
        self.plan = plan
    }

    /// Of all features, also those that cost nothing.
    public var costs: [UsageFeature: MicroUSD] {
        Dictionary(uniqueKeysWithValues: UsageFeature.allCases.map { ($0, exactCosts[$0]?.whole ?? .zero) })
    }

    public var cost: MicroUSD { exactCosts.values.reduce(into: UsageCost(.zero)) { $0 += $1 }.whole }
    public var margin: MicroUSD { revenue - cost }
    /// To the nearest millionth of a dollar; nil without users.
    public var costPerUser: MicroUSD? { cost.divided(by: users) }
    public var marginPerUser: MicroUSD? { margin.divided(by: users) }

    mutating func add(_ usage: AccountUsage, revenue: MicroUSD) {
        users = users.adding(1)
        activeUsers = activeUsers.adding(usage.isActive ? 1 : 0)
        self.revenue += revenue
        add(costs: usage.costs)
    }

    mutating func add(costs: [UsageFeature: UsageCost]) {
        for (feature, cost) in costs { exactCosts[feature, default: UsageCost(.zero)] += cost }
    }

    mutating func add(_ other: PlanEconomics) {
        users = users.adding(other.users)
        activeUsers = activeUsers.adding(other.activeUsers)
        revenue += other.revenue
        add(costs: other.exactCosts)
    }
}

extension UsageLog {
    /// What every account used in a month, up to now. Memory grows with the accounts, not with what they did.
    public func usage(
        of month: UTCMonth, in session: any ReadSession
    ) throws -> [AccountID: AccountUsage] {
        var accounts: [AccountID: AccountUsage] = [:]
        try UsageLine.each("1 = 1", in: month.days, session) { key, sum in
            guard let feature = UsageFeature(rawValue: key.feature) else {
                throw DatabaseError.unexpected("usage of an unknown feature")
            }
            accounts[key.account, default: AccountUsage()].add(feature, cost: sum.cost)
        }
        return accounts
    }
}
