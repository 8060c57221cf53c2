import Billing
import Storage
import Testing

@testable import WaxwingService

@Suite struct SubscriptionStepsTests {
    typealias Item = Subscription.Item

    private static let start = Timestamp(milliseconds: 1_767_225_600_000)
    private static let end = start + .days(31)
    private let now = start + .days(10)
    private let lite = [Item(price: "lite-month-1")]
    private let pro = [Item(price: "pro-month-1")]
    private let proYear = [Item(price: "pro-year-1")]
    private let max = [Item(price: "max-month-1")]

    private func steps(
        from items: [Item], to wanted: [Item], _ status: SubscriptionStatus = .active,
        retained: Subscription.Retained? = nil, at now: Timestamp? = nil
    ) throws -> [SubscriptionChange] {
        let subscription = Subscription(
            id: "sub_1", customer: "cus_1", status: status, items: items,
            period: BillingPeriod(start: Self.start, end: Self.end), retained: retained, createdAt: Self.start)
        return try PlanBook.kiosk().steps(of: subscription, to: wanted, at: now ?? self.now)
    }

    @Test func `more counts at once, and nothing is kept beside it`() throws {
        #expect(try steps(from: lite, to: pro) == [SubscriptionChange(items: pro)])
        #expect(try steps(from: pro, to: max) == [SubscriptionChange(items: max)])
        let larger = pro + [Item(price: "room-month-1", quantity: 2)]
        #expect(try steps(from: pro, to: larger) == [SubscriptionChange(items: larger)])
    }

    @Test func `less is paid from the next period on, and what is paid for is had until then`() throws {
        let kept = Subscription.Retained(items: max, until: Self.end)
        #expect(try steps(from: max, to: pro) == [SubscriptionChange(items: pro, retained: kept)])
        let room = pro + [Item(price: "room-month-1")]
        #expect(
            try steps(from: room, to: pro)
                == [SubscriptionChange(items: pro, retained: .init(items: room, until: Self.end))])
    }

    @Test func `who goes down twice, or down and half up again, keeps what they paid for`() throws {
        let kept = Subscription.Retained(items: max, until: Self.end)
        #expect(try steps(from: pro, to: lite, retained: kept) == [SubscriptionChange(items: lite, retained: kept)])
        #expect(try steps(from: lite, to: pro, retained: kept) == [SubscriptionChange(items: pro, retained: kept)])
    }

    @Test func `who takes it back pays nothing, and who wants still more pays for what is more alone`() throws {
        let kept = Subscription.Retained(items: pro, until: Self.end)
        let back = SubscriptionChange(items: pro, retained: kept)
        #expect(try steps(from: lite, to: pro, retained: kept) == [back])
        #expect(try steps(from: lite, to: max, retained: kept) == [back, SubscriptionChange(items: max)])
    }

    @Test(arguments: [SubscriptionStatus.trialing, .pastDue, .unpaid, .paused])
    func `where nothing is paid for, less counts at once`(_ status: SubscriptionStatus) throws {
        #expect(try steps(from: max, to: pro, status) == [SubscriptionChange(items: pro)])
    }

    @Test func `what was kept until a time counts no more from that time on`() throws {
        let kept = Subscription.Retained(items: max, until: now)
        #expect(try steps(from: lite, to: pro, retained: kept) == [SubscriptionChange(items: pro)])
        let moment = now - .milliseconds(1)
        #expect(
            try steps(from: lite, to: pro, retained: kept, at: moment)
                == [SubscriptionChange(items: pro, retained: kept)])
        // The period is over as well: what follows it is not known yet.
        #expect(try steps(from: max, to: pro, at: Self.end) == [SubscriptionChange(items: pro)])
    }

    @Test func `from months to years or back a new period begins at once`() throws {
        #expect(try steps(from: pro, to: proYear) == [SubscriptionChange(items: proYear)])
        #expect(try steps(from: proYear, to: pro) == [SubscriptionChange(items: pro)])
        let kept = Subscription.Retained(items: max, until: Self.end)
        #expect(try steps(from: pro, to: proYear, retained: kept) == [SubscriptionChange(items: proYear)])
    }

    @Test func `the same again changes nothing`() throws {
        #expect(try steps(from: pro, to: pro) == [SubscriptionChange(items: pro)])
    }
}
