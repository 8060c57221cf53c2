import Storage
import Testing

@testable import Billing

@Suite struct PlanChangeTests {
    @Test(arguments: [
        ("free", "pro", PlanChange.upgrade), ("pro", "studio", .upgrade), ("free", "studio", .upgrade),
        ("pro", "pro", .same), ("free", "free", .same),
    ])
    func `the plan that costs more is the larger one`(one: String, other: String, change: PlanChange) throws {
        let shop = try PlanBook.shop()
        let (one, other) = (shop.plan(named: one).plan, shop.plan(named: other).plan)
        #expect(PlanChange.judge(from: one, to: other) == change)
        #expect(PlanChange.judge(from: other, to: one) == (change == .upgrade ? .downgrade : change))
    }

    @Test func `at one price what is allowed decides, and losing anything is a downgrade`() {
        let some = Plan(uploadsPerMonth: 5, storageBytes: 5)
        #expect(PlanChange.judge(from: some, to: Plan(uploadsPerMonth: 6, storageBytes: 5)) == .upgrade)
        #expect(PlanChange.judge(from: some, to: Plan(uploadsPerMonth: 600, storageBytes: 4)) == .downgrade)
        #expect(PlanChange.judge(from: some, to: Plan(storageBytes: 5)) == .upgrade)
        #expect(PlanChange.judge(from: Plan(storageBytes: 5), to: some) == .downgrade)
        #expect(PlanChange.judge(from: Plan(), to: Plan(features: [.ai])) == .downgrade)
        #expect(PlanChange.judge(from: Plan(features: [.ai]), to: Plan(features: [.ai, .stems])) == .upgrade)
        #expect(PlanChange.judge(from: Plan(features: [.ai]), to: Plan(features: [.stems])) == .downgrade)
    }

    @Test func `prices of different currencies are not compared`() {
        let dollars = Plan(uploadsPerMonth: 5, prices: [PlanPrice("a", 999)])
        let yen = Plan(uploadsPerMonth: 6, prices: [PlanPrice("b", 100, "jpy")])
        #expect(PlanChange.judge(from: dollars, to: yen) == .upgrade)
        #expect(PlanChange.judge(from: yen, to: dollars) == .downgrade)
    }

    private static let changes: [([Subscription.Item], [Subscription.Item], PlanChange)] = [
        ([], [.init("pro-month-2")], .upgrade),
        ([.init("pro-month-1")], [.init("pro-month-2")], .upgrade),
        ([.init("pro-month-2")], [.init("pro-year-2")], .upgrade),
        ([.init("pro-month-2")], [.init("pro-month-2"), .init("room-month-1")], .upgrade),
        ([.init("pro-month-2"), .init("room-month-1")], [.init("pro-month-2"), .init("room-month-1", 3)], .upgrade),
        ([.init("pro-month-2"), .init("room-month-1", 3)], [.init("pro-month-2"), .init("room-month-1", 4)], .same),
        ([.init("pro-month-2"), .init("room-month-1", 2)], [.init("studio-month-1")], .upgrade),
        ([.init("pro-month-2")], [.init("pro-month-2")], .same),
    ]

    @Test(arguments: changes)
    func `a change of what is paid for is judged as a whole, and the way back is its opposite`(
        old: [Subscription.Item], new: [Subscription.Item], change: PlanChange
    ) throws {
        let shop = try PlanBook.shop()
        #expect(shop.change(from: old, to: new) == change)
        #expect(shop.change(from: new, to: old) == (change == .upgrade ? .downgrade : change))
    }

    @Test func `going from one add-on to another gives something up`() throws {
        let (room, uploads) = (Subscription.Item("room-month-1"), Subscription.Item("uploads-month-1"))
        let pro = Subscription.Item("pro-month-2")
        #expect(try PlanBook.shop().change(from: [pro, room], to: [pro, uploads]) == .downgrade)
    }
}
