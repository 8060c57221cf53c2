import Storage

/// So much of a limit is used that somebody should hear of it. Told once per window, when it is reached; of what passes both
/// thresholds in one step, the higher one is told.
public struct QuotaThreshold: Equatable, Sendable {
    public let account: AccountID
    public let unit: QuotaUnit
    /// The name of its ``QuotaWindow``.
    public let period: String
    /// 80 or 100, of a hundred.
    public let percent: Int
    public let used: Int
    public let limit: Int
    public let reachedAt: Timestamp
}

extension QuotaThreshold {
    /// For people: `day`, `month`, or `billing period`.
    public var window: String {
        switch unit.cycle {
        case .day: "day"
        // By its name: a month's is as `2026-11`.
        case .month, .gauge: period.utf8.count > 7 ? "billing period" : "month"
        }
    }

    /// 100, 80 or 0: the highest threshold that is reached. Of no limit, and of nothing, none ever is.
    static func reached(by used: Int, of limit: Int?) -> Int {
        guard let limit, limit > 0 else { return 0 }
        if used >= limit { return 100 }
        return used >= limit - limit / 5 ? 80 : 0
    }

    /// What has been told once a balance stands like this.
    ///
    /// A window's thresholds stay told until it ends, a gauge's until it falls below; a new limit is another matter.
    static func told(after standing: QuotaStanding, of unit: QuotaUnit, limit: Int?) -> Int {
        let reached = reached(by: standing.used, of: limit)
        let mayFall = unit.cycle == .gauge || limit != standing.ceiling
        return mayFall ? reached : max(reached, standing.told)
    }
}
