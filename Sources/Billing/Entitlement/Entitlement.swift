import Storage

/// What an account may do at a moment, and why.
public struct Entitlement: Equatable, Sendable {
    public enum Ground: String, Sendable, Codable {
        /// The plan that the account was given, by default or by the operator.
        case assigned
        case subscription
        case trial
        /// The last payment failed, and for a while nothing changes.
        case grace
    }

    public let planName: String
    public let planVersion: Int
    /// The plan with what add-ons add to it.
    public let plan: Plan
    public let ground: Ground
    /// What counts by billing period counts by this one; by calendar month where there is none.
    public let period: BillingPeriod?
    /// When it changes if nothing happens.
    public let changesAt: Timestamp?

    public init(
        _ plan: Plan, named name: String = "default", version: Int = 1, ground: Ground = .assigned,
        period: BillingPeriod? = nil, changesAt: Timestamp? = nil
    ) {
        (planName, planVersion, self.plan) = (name, version, plan)
        (self.ground, self.period, self.changesAt) = (ground, period, changesAt)
    }
}

extension Entitlement {
    public func allows(feature: PlanFeature) -> Bool { plan.has(feature) }
}
