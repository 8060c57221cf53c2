import Storage

/// The time in which amounts add up against one limit.
public enum QuotaWindow: Sendable {
    /// The calendar month in UTC that a moment lies in.
    case month(of: Timestamp)
    /// The day in UTC.
    case day(of: Timestamp)
    /// What one invoice pays for.
    case period(BillingPeriod)
    /// All time.
    case gauge
}

extension QuotaWindow {
    /// As rows name it: `2026-11`, `2026-11-21`, the start of a billing period `2026-11-21T10:00:00.000Z`, or `all`.
    public var name: String {
        switch self {
        case .month(let now): String(now.description.prefix(7))
        case .day(let now): String(now.description.prefix(10))
        case .period(let period): period.start.description
        case .gauge: "all"
        }
    }

    /// When the count starts again; nil for a gauge.
    public var resetsAt: Timestamp? {
        switch self {
        case .month(let now):
            // 32 days after a first lies the month that follows, however long they are.
            Timestamp("\(name)-01T00:00:00.000Z").map { ($0 + .seconds(32 * 86_400)).description.prefix(7) }
                .flatMap { Timestamp("\($0)-01T00:00:00.000Z") } ?? now
        case .day(let now): Timestamp("\(name)T00:00:00.000Z").map { $0 + .seconds(86_400) } ?? now
        case .period(let period): period.end
        case .gauge: nil
        }
    }
}

extension QuotaUnit {
    /// The window that `now` lies in. A billing period that does not contain it is another's: the calendar counts then.
    public func window(at now: Timestamp, under entitlement: Entitlement) -> QuotaWindow {
        switch cycle {
        case .month:
            if entitlement.plan.monthlyWindow == .billingPeriod, let period = entitlement.period, period.contains(now) {
                .period(period)
            } else {
                .month(of: now)
            }
        case .day: .day(of: now)
        case .gauge: .gauge
        }
    }
}
