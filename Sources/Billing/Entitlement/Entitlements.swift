import Storage

/// What accounts may do, as their rows say: asked anew for every request, so that a change counts at once.
public struct Entitlements: Sendable {
    public let plans: PlanBook
    private let assignments = PlanAssignments()
    private let subscriptions = Subscriptions()
    private let clock: any WallClock

    public init(plans: PlanBook, clock: any WallClock = SystemClock()) {
        (self.plans, self.clock) = (plans, clock)
    }

    public func find(_ account: AccountID, in session: any ReadSession) throws -> Entitlement {
        plans.entitlement(
            assigned: try assignments.assigned(to: account, in: session),
            subscription: try subscriptions.current(of: account, in: session), at: clock.now())
    }
}
