import Foundation
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Billing

@Suite struct SubscriptionReconcileTests {
    private let account = AccountID.random()
    private let payments = ScriptedPayments()

    private func counter() async throws -> Counter { try await Counter(provider: payments) }

    private func second(_ counter: Counter) -> Int { Int(counter.clock.now().milliseconds / 1_000) }

    @Test func `a lost event is made good`() async throws {
        let counter = try await counter()
        let active = Subscription.picture(for: account, .active)
        _ = try await counter.deliver(.of(active, "evt_1", at: second(counter)))
        counter.clock.advance(by: .seconds(86_400))
        var canceled = active
        (canceled.status, canceled.endedAt) = (.canceled, counter.clock.now())
        payments.say([canceled], of: canceled.customer)

        let seen = Mutex(0)
        let reconcile = SubscriptionReconcile(counter.intake) { _, _ in seen.withLock { $0 += 1 } }
        let report = try await reconcile.run()
        #expect((report.looked, report.repairs.count, report.failures.count) == (1, 1, 0))
        #expect(report.repairs.first?.before?.status == .active)
        #expect(try await counter.find(active.id)?.status == .canceled)
        #expect(try await reconcile.run() == ReconcileReport())
        #expect(seen.withLock { $0 } == 1)
    }

    @Test func `an operator's look is at everybody, however lately they were looked at`() async throws {
        let counter = try await counter()
        for number in 1...5 {
            _ = try await counter.database.write { session in
                try counter.intake.link(reference("cus_\(number)"), to: .random(), in: session)
            }
        }
        var settings = SubscriptionReconcile.Settings()
        settings.batch = 2
        let reconcile = SubscriptionReconcile(counter.intake, settings: settings)
        while try await reconcile.run().looked > 0 {}
        counter.clock.advance(by: .milliseconds(1))
        payments.say([.picture(.trialing)], of: reference("cus_1"))
        let report = try await reconcile.runForAll()
        #expect((report.looked, report.repairs.count) == (5, 1))
    }

    @Test func `a subscription that was never heard of is found`() async throws {
        let counter = try await counter()
        _ = try await counter.database.write { session in
            try counter.intake.link(reference("cus_1"), to: account, in: session)
        }
        payments.say([.picture(.trialing)], of: reference("cus_1"))
        let report = try await SubscriptionReconcile(counter.intake).run()
        #expect(report.repairs.count == 1 && report.repairs.first?.before == nil)
        #expect(try await counter.find(reference("sub_1"))?.account == account)
    }

    @Test func `what is in doubt is asked for soon, and is in doubt no more`() async throws {
        let counter = try await counter()
        let now = second(counter)
        for (name, status) in [("evt_1", SubscriptionStatus.active), ("evt_2", .pastDue)] {
            _ = try await counter.deliver(.of(.picture(for: account, status), name, at: now))
        }
        payments.say([.picture(for: account, .pastDue)], of: reference("cus_1"))
        #expect(try await counter.find(reference("sub_1"))?.status == .active)
        counter.clock.advance(by: .seconds(61))
        #expect(try await SubscriptionReconcile(counter.intake).run().repairs.count == 1)
        #expect(try await counter.find(reference("sub_1"))?.status == .pastDue)
        #expect(try await !counter.isSuspect(reference("sub_1")))
    }

    @Test func `an event that comes while the provider is asked is not lost`() async throws {
        let counter = try await counter()
        let now = second(counter)
        _ = try await counter.deliver(.of(.picture(for: account, .active), "evt_1", at: now - 86_400))
        payments.say([.picture(for: account, .active)], of: reference("cus_1"))
        _ = try await counter.deliver(.of(.picture(for: account, .canceled), "evt_2", at: now))
        _ = try await SubscriptionReconcile(counter.intake).run()
        #expect(try await counter.find(reference("sub_1"))?.status == .canceled)
    }

    @Test func `events that wait are applied when the provider tells whose they are`() async throws {
        let counter = try await counter()
        _ = try await counter.deliver(.of(.picture(.active), "evt_1", at: 100))
        payments.say([.picture(for: account, .active)], of: reference("cus_1"))
        let report = try await SubscriptionReconcile(counter.intake).run()
        #expect((report.repairs.count, report.applied) == (1, 1))
        #expect(try await counter.effects() == ["evt_1": 1])
        #expect(try await counter.find(reference("sub_1"))?.account == account)
    }

    @Test func `a customer of whom nothing can be told does not keep it from the others`() async throws {
        let counter = try await counter()
        for number in 1...5 {
            _ = try await counter.deliver(
                .of(.picture("sub_\(number)", of: "cus_\(number)", for: .random(), .active), "evt_\(number)", at: 100))
            payments.say([.picture("sub_\(number)", of: "cus_\(number)", .canceled)], of: reference("cus_\(number)"))
        }
        payments.go(awayFrom: reference("cus_1"))
        payments.go(awayFrom: reference("cus_2"))
        var settings = SubscriptionReconcile.Settings()
        settings.batch = 2
        let reconcile = SubscriptionReconcile(counter.intake, settings: settings)
        #expect(try await reconcile.run().failures.map(\.customer.text) == ["cus_1", "cus_2"])
        #expect(try await reconcile.run().repairs.count == 2)
        #expect(try await reconcile.run().repairs.count == 1)
        #expect(try await counter.find(reference("sub_5"))?.status == .canceled)
    }

    @Test func `a provider that is away is not asked about everybody`() async throws {
        let counter = try await counter()
        for number in 1...8 {
            _ = try await counter.deliver(
                .of(.picture("sub_\(number)", of: "cus_\(number)", for: .random(), .active), "evt_\(number)", at: 100))
            payments.go(awayFrom: reference("cus_\(number)"))
        }
        let reconcile = SubscriptionReconcile(counter.intake)
        #expect(try await reconcile.run().failures.count == 3)
        // Then about others.
        #expect(try await reconcile.run().failures.map(\.customer.text) == ["cus_4", "cus_5", "cus_6"])
    }

    @Test func `customers of others do not keep it from our own`() async throws {
        let counter = try await counter()
        for number in 1...4 {
            _ = try await counter.deliver(
                .of(.picture("sub_x\(number)", of: "cus_x\(number)", .active), "evt_x\(number)", at: 100))
        }
        _ = try await counter.deliver(.of(.picture(for: account, .active), "evt_1", at: second(counter)))
        payments.say([.picture(for: account, .active)], of: reference("cus_1"))
        var settings = SubscriptionReconcile.Settings()
        settings.batch = 2
        let reconcile = SubscriptionReconcile(counter.intake, settings: settings)
        counter.clock.advance(by: .seconds(1))
        // First of all nobody knows that they are others'.
        #expect(try await reconcile.run().looked == 2)
        #expect(try await reconcile.run().looked == 2)
        counter.clock.advance(by: settings.urgentInterval)
        #expect(try await reconcile.run().looked == 1)
        let ours = try await counter.database.read {
            try $0.row("SELECT looked_at FROM customer_checks WHERE customer = 'cus_1'") != nil
        }
        #expect(ours)
        #expect(try await reconcile.run().looked == 0)
    }

    @Test func `what the provider does not know is told, and stays`() async throws {
        let counter = try await counter()
        _ = try await counter.deliver(.of(.picture(for: account, .active), "evt_1", at: 100))
        let stranger = Subscription.picture("sub_2", of: "cus_2", for: .random(), .active)
        payments.say([stranger], of: reference("cus_1"))
        let report = try await SubscriptionReconcile(counter.intake).run()
        #expect((report.missing, report.repairs.count) == ([reference("sub_1")], 0))
        #expect(try await counter.find(reference("sub_1"))?.status == .active)
        #expect(try await counter.find(stranger.id) == nil)
    }

    @Test func `nobody is asked before it is time`() async throws {
        let counter = try await counter()
        _ = try await counter.deliver(.of(.picture(for: account, .active), "evt_1", at: second(counter)))
        payments.say([.picture(for: account, .active)], of: reference("cus_1"))
        let reconcile = SubscriptionReconcile(counter.intake)
        #expect(try await reconcile.run().looked == 1)
        counter.clock.advance(by: .seconds(86_399))
        #expect(try await reconcile.run().looked == 0)
        counter.clock.advance(by: .seconds(1))
        #expect(try await reconcile.run().looked == 1)
    }

    @Test(arguments: [
        (SubscriptionStatus.active, 3_600, 0), (.active, 3_601, 1), (.incomplete, 82_800, 0), (.incomplete, 82_801, 1),
    ])
    func `news that stays away is asked for`(status: SubscriptionStatus, late seconds: Int, looked: Int) async throws {
        let counter = try await counter()
        let now = second(counter)
        let picture = Subscription(
            id: reference("sub_1"), customer: reference("cus_1"), account: account, status: status, items: [],
            period: status == .active ? BillingPeriod(start: at(0), end: at(now)) : nil, createdAt: at(now))
        _ = try await counter.deliver(.of(picture, "evt_1", at: now))
        payments.say([picture], of: picture.customer)
        let reconcile = SubscriptionReconcile(counter.intake)
        #expect(try await reconcile.run().looked == 1)
        counter.clock.advance(by: .seconds(seconds))
        #expect(try await reconcile.run().looked == looked)
    }
}
