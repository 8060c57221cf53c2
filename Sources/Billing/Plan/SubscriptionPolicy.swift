import Storage

/// What becomes of access when payments fail or end, and how long it waits for news.
public struct SubscriptionPolicy: Equatable, Sendable {
    /// After the last payment failed everything goes on for so long; 0 for not at all.
    public var pastDueGraceDays: Int
    /// A period that ended without any news of the next goes on for so long: the provider tells what happened for up to
    /// three days.
    public var lateNewsDays: Int
    public var afterLapse: AfterLapse

    /// The plan of an account whose subscription has ended or is not paid any more.
    public enum AfterLapse: String, Codable, Sendable, CaseIterable {
        /// The one it was given.
        case assignedPlan = "assigned_plan"
        /// The default plan, unless the operator gave it one that stays.
        case defaultPlan = "default_plan"
    }

    public static let days = 0...366

    public init(pastDueGraceDays: Int = 7, lateNewsDays: Int = 3, afterLapse: AfterLapse = .assignedPlan) {
        (self.pastDueGraceDays, self.lateNewsDays) = (pastDueGraceDays, lateNewsDays)
        self.afterLapse = afterLapse
    }

    var grace: Duration { Self.duration(pastDueGraceDays) }
    var leeway: Duration { Self.duration(lateNewsDays) }

    private static func duration(_ count: Int) -> Duration {
        .seconds(86_400 * min(max(count, days.lowerBound), days.upperBound))
    }
}

extension SubscriptionPolicy: Encodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case pastDueGraceDays = "past_due_grace_days"
        case lateNewsDays = "late_news_days"
        case afterLapse = "after_lapse"
    }

    static func read(_ decoder: any Decoder, noting faults: PlanFaults) -> SubscriptionPolicy {
        var policy = SubscriptionPolicy()
        guard let object = PlanFileObject(decoder, by: CodingKeys.self, noting: faults) else { return policy }
        policy.pastDueGraceDays = object.number(.pastDueGraceDays, in: days) ?? policy.pastDueGraceDays
        policy.lateNewsDays = object.number(.lateNewsDays, in: days) ?? policy.lateNewsDays
        policy.afterLapse = object.value(.afterLapse, as: AfterLapse.self) ?? policy.afterLapse
        return policy
    }
}
