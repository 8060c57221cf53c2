import Billing
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct SwapTests {
    @Test func `down, up and back before the period ends is had as paid for, and bills nothing more`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.subscribe(to: "max")
        let bills = try await kiosk.subscriptions.invoices(of: kiosk.caller, PageRequest()).items.count
        kiosk.clock.advance(by: .days(3))
        #expect(try await kiosk.swap(to: "lite").entitlement.planName == "max")
        let down = try await kiosk.payments.subscription(id)
        #expect(down.items == [.init(price: "lite-month-1")] && down.retained?.items == [.init(price: "max-month-1")])
        kiosk.clock.advance(by: .days(3))
        #expect(try await kiosk.swap(to: "pro").entitlement.planName == "max")
        #expect(try await kiosk.payments.subscription(id).retained?.items == [.init(price: "max-month-1")])
        kiosk.clock.advance(by: .days(3))
        #expect(try await kiosk.swap(to: "max").entitlement.planName == "max")
        let back = try await kiosk.payments.subscription(id)
        #expect(back.items == [.init(price: "max-month-1")])
        #expect(try await kiosk.subscriptions.invoices(of: kiosk.caller, PageRequest()).items.count == bills)
        try await kiosk.wait(.days(31), for: id)
        #expect(try await kiosk.standing() == Standing("max", .subscription, .active))
    }

    @Test func `a smaller plan counts from the next period on`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.subscribe(to: "max")
        let overview = try await kiosk.swap(to: "lite")
        let end = try #require(overview.subscription?.period?.end)
        #expect(overview.entitlement.changesAt == end)
        kiosk.clock.turn(to: end - .milliseconds(1))
        #expect(try await kiosk.standing().plan == "max")
        kiosk.clock.advance(by: .milliseconds(1))
        #expect(try await kiosk.standing().plan == "lite")
        try await kiosk.wait(.zero, for: id)
        #expect(try await kiosk.standing() == Standing("lite", .subscription, .active))
    }

    @Test func `a larger plan and more room count at once`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.subscribe(to: "lite")
        #expect(try await kiosk.swap(to: "pro").entitlement.plan.storageBytes == 1_000_000)
        #expect(try await kiosk.swap(to: "pro", addOns: ["room": 2]).entitlement.plan.storageBytes == 2_000_000)
    }

    @Test func `what is not to be had is refused by its field, and asks nobody`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.subscribe(to: "pro")
        let (before, told) = (try await kiosk.standing(), try await events(kiosk))
        for (wish, field) in [
            (PlanWish(plan: "gold", interval: nil, addOns: [:]), "plan"),
            (PlanWish(plan: "free", interval: nil, addOns: [:]), "plan"),
            (PlanWish(plan: "max", interval: .year, addOns: [:]), "interval"),
            (PlanWish(plan: "pro", interval: nil, addOns: ["gold": 1]), "add_ons"),
            (PlanWish(plan: "pro", interval: nil, addOns: ["room": 3]), "add_ons"),
            (PlanWish(plan: "pro", interval: nil, addOns: ["room": 0]), "add_ons"),
            (PlanWish(plan: "pro", interval: nil, addOns: ["room": -1]), "add_ons"),
            (PlanWish(plan: "pro", interval: .year, addOns: ["room": 1]), "add_ons"),
            (PlanWish(plan: "max", interval: nil, addOns: ["room": 1]), "add_ons"),
            (PlanWish(plan: String(repeating: "x", count: 10_000), interval: nil, addOns: [:]), "plan"),
        ] {
            #expect(
                await invalidField { try await kiosk.subscriptions.change(to: wish, for: kiosk.caller, from: .test) }
                    == field)
            #expect(
                await invalidField {
                    try await kiosk.subscriptions.subscribe(
                        to: wish, comingBackTo: nil, orTo: nil, servedAt: nil, for: kiosk.studio.caller, from: .test)
                } == field)
        }
        #expect(try await kiosk.standing() == before)
        #expect(try await events(kiosk) == told)
    }

    /// What the provider told of until now.
    private func events(_ kiosk: Kiosk) async throws -> Int {
        try await kiosk.studio.count("SELECT COUNT(*) AS n FROM webhook_events")
    }
}
