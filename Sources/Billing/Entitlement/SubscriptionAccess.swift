import Storage

/// What a subscription opens, and until when if nothing more is heard of it.
struct SubscriptionAccess: Equatable {
    let ground: Entitlement.Ground
    /// Nil where the provider named no end: then its word counts until the next.
    let until: Timestamp?

    func isOpen(at now: Timestamp) -> Bool { until.map { now < $0 } ?? true }
}

extension Subscription {
    /// Nil for one that opens nothing, now or ever.
    func access(under policy: SubscriptionPolicy) -> SubscriptionAccess? {
        switch status {
        case .trialing: SubscriptionAccess(ground: .trial, until: end(trialEndsAt ?? period?.end, policy))
        case .active: SubscriptionAccess(ground: .subscription, until: end(period?.end, policy))
        case .pastDue: SubscriptionAccess(ground: .grace, until: graceEnd(policy))
        case .incomplete, .incompleteExpired, .unpaid, .paused, .canceled: nil
        }
    }

    /// Nobody expects news of one that is to end; of others they may be late.
    private func end(_ end: Timestamp?, _ policy: SubscriptionPolicy) -> Timestamp? {
        cancelsAtPeriodEnd ? end : end.map { $0 + policy.leeway }
    }

    private func graceEnd(_ policy: SubscriptionPolicy) -> Timestamp {
        // Where nobody saw it fall behind: renewals fail at the start of what they would have paid for.
        let end = (pastDueSince ?? period?.start ?? createdAt) + policy.grace
        guard cancelsAtPeriodEnd, let period else { return end }
        return min(end, period.end)
    }

    /// Whether something was had that is not any more: a first payment that never came takes nothing away.
    var hasLapsed: Bool { status != .incomplete && status != .incompleteExpired }

    /// What counts now. A period that ended without news is taken to be followed by one of its length, as news will say.
    func period(at now: Timestamp, openUntil until: Timestamp?) -> BillingPeriod? {
        guard let period, now >= period.end else { return period }
        let next = period.end + (period.end - period.start)
        return BillingPeriod(start: period.end, end: max(next, until ?? next))
    }
}
