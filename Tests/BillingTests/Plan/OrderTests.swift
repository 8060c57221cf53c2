import Storage
import Testing

@testable import Billing

@Suite struct OrderTests {
    private static let right: [[Subscription.Item]] = [
        [.init("pro-month-2")], [.init("pro-month-2"), .init("room-month-1", 3)],
        [.init("uploads-year-1", 10), .init("pro-year-2")],
    ]

    @Test(arguments: right)
    func `a plan and what goes with it can be ordered`(items: [Subscription.Item]) throws {
        try PlanBook.shop().check(order: items)
    }

    private static let wrong: [([Subscription.Item], OrderError)] = [
        ([], .notOnePlan(0)), ([.init("room-month-1")], .notOnePlan(0)),
        ([.init("pro-month-2"), .init("studio-month-1")], .notOnePlan(2)),
        ([.init("pro-month-1")], .notOffered(priceName("pro-month-1"))),
        ([.init("gone")], .notOffered(priceName("gone"))),
        ([.init("pro-month-2"), .init("pro-month-2")], .repeated(priceName("pro-month-2"))),
        (
            [.init("pro-month-2"), .init("room-month-1"), .init("room-year-1")], .repeated(priceName("room-year-1"))
        ),
        ([.init("pro-month-2", 2)], .quantity(priceName("pro-month-2"), most: 1)),
        ([.init("pro-month-2", 0)], .quantity(priceName("pro-month-2"), most: 1)),
        ([.init("pro-month-2"), .init("room-month-1", 4)], .quantity(priceName("room-month-1"), most: 3)),
        ([.init("pro-month-2"), .init("room-month-1", 0)], .quantity(priceName("room-month-1"), most: 3)),
        ([.init("pro-month-2"), .init("room-month-1", .min)], .quantity(priceName("room-month-1"), most: 3)),
        ([.init("studio-month-1"), .init("room-month-1")], .doesNotGo(addOn: "room", with: "studio")),
        ([.init("pro-year-2"), .init("room-month-1")], .severalIntervals),
    ]

    @Test(arguments: wrong)
    func `what cannot be had is refused with its reason`(items: [Subscription.Item], error: OrderError) throws {
        let shop = try PlanBook.shop()
        #expect(throws: error) { try shop.check(order: items) }
        #expect(!error.description.isEmpty)
    }

    @Test func `who holds a price that is no longer offered keeps it, and adds to it`() throws {
        let shop = try PlanBook.shop()
        let items: [Subscription.Item] = [.init("pro-month-1"), .init("room-month-1", 2)]
        try shop.check(order: items, holding: [.init("pro-month-1")])
        #expect(throws: OrderError.notOffered(priceName("pro-month-1"))) {
            try shop.check(order: items, holding: [.init("pro-month-2")])
        }
        // One that the book does not know is nobody's to order.
        #expect(throws: OrderError.notOffered(priceName("gone"))) {
            try shop.check(order: [.init("gone")], holding: [.init("gone")])
        }
    }
}
