import Storage
import Testing

@testable import Billing

@Suite struct EntitlementTests {
    private let shop: PlanBook

    init() throws {
        shop = try PlanBook.shop()
    }

    private func entitlement(
        _ subscription: Subscription?, assigned: AssignedPlan? = nil, at now: Timestamp = today
    ) -> Entitlement {
        shop.entitlement(assigned: assigned, subscription: subscription, at: now)
    }

    @Test func `without a subscription the assigned plan is had, or the default plan, for ever`() {
        #expect(entitlement(nil) == Entitlement(shop.plan(named: "free").plan, named: "free"))
        let old = entitlement(nil, assigned: AssignedPlan("pro", version: 1, since: today))
        #expect(old.summary == "pro 1 assigned" && old.plan.uploadsPerMonth == 100 && old.changesAt == nil)
        #expect(entitlement(nil, assigned: AssignedPlan("pro", version: 9, since: today)).summary == "pro 2 assigned")
        #expect(entitlement(nil, assigned: AssignedPlan("gold", since: today)).summary == "free 1 assigned")
    }

    /// Status, and at each edge of time what is had: its ground just before, and just then.
    private static let edges: [(Subscription, at: Timestamp, before: String, then: String)] = [
        (subscribed(.active), today + .days(20), "pro 2 subscription", "pro 2 subscription"),
        (subscribed(.active), today + .days(23), "pro 2 subscription", "free 1 assigned"),
        (subscribed(.active, cancels: true), today + .days(20), "pro 2 subscription", "free 1 assigned"),
        (
            subscribed(.trialing, trialEndsAt: today + .days(5)), today + .days(8), "pro 2 trial", "free 1 assigned"
        ),
        (
            subscribed(.trialing, trialEndsAt: today + .days(5), cancels: true), today + .days(5), "pro 2 trial",
            "free 1 assigned"
        ),
        (subscribed(.trialing), today + .days(23), "pro 2 trial", "free 1 assigned"),
        (subscribed(.pastDue, pastDueSince: today), today + .days(7), "pro 2 grace", "free 1 assigned"),
        // Where nobody saw when it fell behind, from the start of the period, and before one from its making.
        (subscribed(.pastDue), today - .days(3), "pro 2 grace", "free 1 assigned"),
        (subscribed(.pastDue, [.init("pro-month-2")], nil), today - .days(3), "pro 2 grace", "free 1 assigned"),
        (
            subscribed(.pastDue, [.init("pro-month-2")], period(-28, 2), cancels: true, pastDueSince: today),
            today + .days(2), "pro 2 grace", "free 1 assigned"
        ),
        (
            subscribed(.active, retained: .init("studio-month-1", until: today + .days(9))), today + .days(9),
            "studio 1 subscription", "pro 2 subscription"
        ),
    ]

    @Test(arguments: edges.indices)
    func `access ends to the millisecond`(index: Int) {
        let (subscription, edge, before, then) = Self.edges[index]
        let last = entitlement(subscription, at: edge - .moment)
        #expect(last.summary == before && last.changesAt == edge)
        let next = entitlement(subscription, at: edge)
        #expect(next.summary == then)
        #expect(next.ground != .assigned || next.changesAt == nil)
    }

    @Test(arguments: [SubscriptionStatus.incomplete, .incompleteExpired, .unpaid, .paused, .canceled])
    func `what is not paid for opens nothing, at any time`(status: SubscriptionStatus) {
        for days in [-400, -10, 0, 19, 20, 400] {
            let given = entitlement(
                subscribed(status, trialEndsAt: today + .days(5), pastDueSince: today),
                assigned: AssignedPlan("studio", since: today), at: today + .days(days))
            #expect(given.summary == "studio 1 assigned" && given.changesAt == nil && given.period == nil)
        }
    }

    @Test func `after a lapse the policy may be the default plan, but not over the operator's word`() throws {
        let strict = try PlanBook.shop(policy: SubscriptionPolicy(afterLapse: .defaultPlan))
        func plan(_ subscription: Subscription?, fixed: Bool = false) -> String {
            strict.entitlement(
                assigned: AssignedPlan("studio", since: today, isFixed: fixed), subscription: subscription,
                at: today + .days(24)
            ).planName
        }
        for status in [SubscriptionStatus.active, .trialing, .pastDue, .unpaid, .paused, .canceled] {
            #expect(plan(subscribed(status)) == "free")
            #expect(plan(subscribed(status), fixed: true) == "studio")
        }
        // Nothing was had that could lapse.
        for status in [SubscriptionStatus.incomplete, .incompleteExpired] {
            #expect(plan(subscribed(status)) == "studio")
        }
        #expect(plan(nil) == "studio")
    }

    @Test func `a grace of no days is none`() throws {
        let strict = try PlanBook.shop(policy: SubscriptionPolicy(pastDueGraceDays: 0, lateNewsDays: 0))
        let late = subscribed(.pastDue, pastDueSince: today)
        #expect(strict.entitlement(assigned: nil, subscription: late, at: today).summary == "free 1 assigned")
        let ended = strict.entitlement(assigned: nil, subscription: subscribed(.active), at: today + .days(20))
        #expect(ended.summary == "free 1 assigned")
    }

    @Test func `a subscription wins over the assigned plan, unless the operator fixed that`() {
        let studio = AssignedPlan("studio", since: today)
        #expect(entitlement(subscribed(.active), assigned: studio).summary == "pro 2 subscription")
        let free = AssignedPlan("free", since: today - .days(400), isFixed: true)
        let fixed = entitlement(
            subscribed(.active, [.init("pro-month-2"), .init("uploads-month-1", 2), .init("room-month-1")]),
            assigned: free)
        #expect(fixed.summary == "free 1 assigned" && fixed.period == nil)
        // What goes with the plan is added to it all the same.
        #expect(fixed.plan.uploadsPerMonth == 24 && fixed.plan.storageBytes == 100)
    }

    @Test func `who subscribed to an old version has what they subscribed to`() {
        let old = entitlement(subscribed(.active, [.init("pro-month-1")]))
        #expect(old.summary == "pro 1 subscription" && old.plan.uploadsPerMonth == 100)
    }

    @Test func `prices that the book does not know change nothing`() {
        let studio = AssignedPlan("studio", since: today)
        #expect(entitlement(subscribed(.active, [.init("gone", 5)]), assigned: studio).summary == "studio 1 assigned")
        #expect(entitlement(subscribed(.active, []), assigned: studio).summary == "studio 1 assigned")
        let some = entitlement(subscribed(.active, [.init("gone"), .init("pro-month-2")]))
        #expect(some.summary == "pro 2 subscription")
        let retained = Subscription.Retained("gone", until: today + .days(5))
        #expect(entitlement(subscribed(.active, retained: retained)).summary == "pro 2 subscription")
    }

    @Test(arguments: [
        (1, 1_500), (3, 2_500), (4, 2_500), (Int.max, 2_500), (0, 1_000), (-1, 1_000), (Int.min, 1_000),
    ])
    func `an add-on counts as often as it is paid for, up to its most`(quantity: Int, bytes: Int) {
        let items: [Subscription.Item] = [.init("pro-month-2"), .init("room-month-1", quantity)]
        #expect(entitlement(subscribed(.active, items)).plan.storageBytes == bytes)
        // By the month and by the year it is the same add-on.
        let both = items + [.init("room-year-1", quantity)]
        #expect(entitlement(subscribed(.active, both)).plan.storageBytes == (quantity == 1 ? 2_000 : bytes))
    }

    @Test func `what has no limit stays so, and what would be too much is the most there can be`() {
        let items: [Subscription.Item] = [.init("studio-month-1"), .init("uploads-month-1", 2)]
        #expect(entitlement(subscribed(.active, items)).plan == shop.plan(named: "studio").plan)
        var plan = Plan(storageBytes: 5)
        plan.add(AddOn(title: "", adds: [.storageBytes: .max], prices: []), times: 2)
        #expect(plan.storageBytes == .max)
    }

    @Test func `an add-on alone, or to a plan it does not go with, adds to none or to the assigned one`() {
        #expect(entitlement(subscribed(.active, [.init("room-month-1")])).plan == shop.plan(named: "free").plan)
        let given = entitlement(
            subscribed(.active, [.init("room-month-1")]), assigned: AssignedPlan("pro", version: 1, since: today))
        #expect(given.summary == "pro 1 assigned" && given.plan.storageBytes == 1_400)
        #expect(given.changesAt == today + .days(23))
    }

    @Test func `a larger plan is kept until its time, a smaller one not, and add-ons are too`() {
        let small: [Subscription.Item] = [.init("pro-month-1")]
        let until = today + .days(5)
        let larger = subscribed(.active, small, retained: .init("pro-month-2", until: until))
        #expect(entitlement(larger).summary == "pro 2 subscription" && entitlement(larger).changesAt == until)
        let smaller = subscribed(.active, retained: .init("pro-month-1", until: until))
        #expect(entitlement(smaller).summary == "pro 2 subscription")
        let room = subscribed(.active, retained: .init("room-month-1", until: until))
        #expect(entitlement(room).plan.storageBytes == 1_500 && entitlement(room).changesAt == until)
        #expect(entitlement(room, at: until).plan.storageBytes == 1_000)
        // It is a memory of what was paid for, not a subscription.
        for status in [SubscriptionStatus.canceled, .unpaid] {
            let gone = subscribed(status, small, retained: .init("pro-month-2", until: until))
            #expect(entitlement(gone).summary == "free 1 assigned")
        }
    }

    @Test func `a period that ended without news is followed by one of its length`() {
        let active = subscribed(.active)
        #expect(entitlement(active).period == period(-10, 20))
        let late = entitlement(active, at: today + .days(21))
        #expect(late.period == period(20, 50) && late.changesAt == today + .days(23))
        // Shorter than what is waited for: one period, not two.
        let short = subscribed(.active, [.init("pro-month-2")], period(-1, 0))
        #expect(entitlement(short, at: today).period == period(0, 3))
        #expect(entitlement(short, at: today + .days(2)).period == period(0, 3))
    }

    @Test func `an active subscription without a period is had until something is heard`() {
        let endless = entitlement(subscribed(.active, [.init("pro-month-2")], nil), at: today + .days(4_000))
        #expect(endless.summary == "pro 2 subscription" && endless.changesAt == nil && endless.period == nil)
    }

    @Test func `times at the end of what can be counted are no trap`() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        let subscription = subscribed(
            .active, [.init("pro-month-2")], BillingPeriod(start: first, end: last), trialEndsAt: last,
            retained: .init("studio-month-1", until: last), pastDueSince: last)
        for now in [first, today, last] { _ = entitlement(subscription, at: now) }
        #expect(entitlement(subscription).summary == "studio 1 subscription")
    }

    @Test func `features are those of the plan`() {
        #expect(Entitlement(Plan(features: [.ai])).allows(feature: .ai))
        #expect(!Entitlement(Plan(features: [.ai])).allows(feature: .export))
        #expect(Entitlement(Plan()).allows(feature: .stems))
    }
}
