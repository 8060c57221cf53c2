import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct SubscriptionOrderTests {
    private let account = AccountID.random()

    @Test(arguments: [(SubscriptionStatus.canceled, SubscriptionStatus.active), (.incompleteExpired, .incomplete)])
    func `in one second an end counts before all else`(end: SubscriptionStatus, other: SubscriptionStatus) async throws
    {
        for order in [[end, other], [other, end]] {
            let counter = try await Counter()
            for status in order {
                // The greater name does not help.
                let name = status == end ? "evt_a" : "evt_z"
                _ = try await counter.deliver(.of(.picture(for: account, status), name, at: 100))
            }
            #expect(try await counter.find(reference("sub_1"))?.status == end)
            #expect(try await !counter.isSuspect(reference("sub_1")))
        }
    }

    @Test func `two different pictures of one second are a reason to ask, in either order`() async throws {
        let (small, large) = (
            Subscription.Item(price: reference("pro")), Subscription.Item(price: reference("pro"), quantity: 2)
        )
        let events: [PaymentEvent] = [
            .of(.picture(for: account, .active, items: [small]), "evt_1", at: 100),
            .of(.picture(for: account, .active, items: [large]), "evt_2", at: 100),
        ]
        for order in [events, events.reversed()] {
            let counter = try await Counter()
            for event in order { _ = try await counter.deliver(event) }
            #expect(try await counter.find(reference("sub_1"))?.items == [large])
            #expect(try await counter.isSuspect(reference("sub_1")))
            _ = try await counter.deliver(.of(.picture(for: account, .active, items: [small]), "evt_0", at: 101))
            #expect(try await !counter.isSuspect(reference("sub_1")))
        }
    }

    @Test func `the same picture twice in one second is none`() async throws {
        let counter = try await Counter()
        for name in ["evt_1", "evt_2"] {
            _ = try await counter.deliver(.of(.picture(for: account, .active), name, at: 100))
        }
        #expect(try await !counter.isSuspect(reference("sub_1")))
    }

    @Test func `a move that cannot be is a reason to ask`() async throws {
        let counter = try await Counter()
        _ = try await counter.deliver(.of(.picture(for: account, .active), "evt_1", at: 100))
        _ = try await counter.deliver(.of(.picture(for: account, .trialing), "evt_2", at: 200))
        #expect(try await counter.find(reference("sub_1"))?.status == .trialing)
        #expect(try await counter.isSuspect(reference("sub_1")))
    }

    @Test func `overdue counts from the first picture that said so without another between`() async throws {
        let history: [(SubscriptionStatus, Int)] = [
            (.active, 100), (.pastDue, 200), (.active, 300), (.pastDue, 400), (.pastDue, 500), (.pastDue, 600),
        ]
        let events = history.enumerated().map { number, entry in
            PaymentEvent.of(.picture(for: account, entry.0), "evt_\(number)", at: entry.1)
        }
        var random = SplitMix64(seed: 3)
        for _ in 0..<20 {
            let counter = try await Counter()
            for event in events.shuffled(using: &random) { _ = try await counter.deliver(event) }
            #expect(try await counter.find(reference("sub_1"))?.pastDueSince == at(400))
            _ = try await counter.deliver(.of(.picture(for: account, .active), "evt_9", at: 700))
            #expect(try await counter.find(reference("sub_1"))?.pastDueSince == nil)
        }
    }

    @Test func `what we asked for counts by when we asked`() async throws {
        let counter = try await Counter()
        let subscriptions = counter.subscriptions
        let (picture, asked) = (Subscription.picture(for: account, .pastDue), at(200) + .milliseconds(700))
        _ = try await counter.database.write { session in
            try subscriptions.note(picture, at: asked, from: .asked(asked), in: session)
        }
        #expect(try await counter.deliver(.of(.picture(for: account, .active), "evt_1", at: 199)) == .stale)
        // The clocks may be off by so much that it is not certain.
        #expect(try await counter.isSuspect(reference("sub_1")))
        #expect(try await counter.deliver(.of(.picture(for: account, .active), "evt_2", at: 201)) == .applied)
        #expect(try await !counter.isSuspect(reference("sub_1")))
    }

    @Test func `of two subscriptions the one that is paid for tells, though the other is newer`() async throws {
        let counter = try await Counter()
        for (number, status) in [(1, SubscriptionStatus.unpaid), (2, .active), (3, .pastDue), (4, .canceled)] {
            let picture = Subscription(
                id: reference("sub_\(number)"), customer: reference("cus_1"), account: account, status: status,
                items: [],
                createdAt: at(number))
            _ = try await counter.deliver(.of(picture, "evt_\(number)", at: 100))
        }
        func current() async throws -> SubscriptionStatus? {
            try await counter.database.read { try counter.subscriptions.current(of: account, in: $0)?.status }
        }
        #expect(try await current() == .active)
        for (number, next) in [(2, SubscriptionStatus.pastDue), (3, .unpaid), (1, .canceled)] {
            let picture = Subscription(
                id: reference("sub_\(number)"), customer: reference("cus_1"), account: account, status: .canceled,
                items: [], createdAt: at(number))
            _ = try await counter.deliver(.of(picture, "evt_end_\(number)", at: 200))
            #expect(try await current() == next)
        }
    }

    @Test func `of several subscriptions one with access tells, then the newest`() async throws {
        let counter = try await Counter()
        func current() async throws -> String? {
            try await counter.database.read { try counter.subscriptions.current(of: account, in: $0)?.id.text }
        }
        #expect(try await current() == nil)
        func tell(_ id: String, _ status: SubscriptionStatus, made seconds: Int, _ event: String) async throws {
            let picture = Subscription(
                id: reference(id), customer: reference("cus_1"), account: account, status: status, items: [],
                createdAt: at(seconds))
            _ = try await counter.deliver(.of(picture, event, at: seconds))
        }
        try await tell("sub_a", .canceled, made: 100, "evt_1")
        try await tell("sub_b", .incompleteExpired, made: 200, "evt_2")
        #expect(try await current() == "sub_b")
        try await tell("sub_c", .active, made: 150, "evt_3")
        #expect(try await current() == "sub_c")
        try await tell("sub_d", .trialing, made: 300, "evt_4")
        #expect(try await current() == "sub_d")
        let all = try await counter.database.read { try counter.subscriptions.list(of: account, in: $0).map(\.id.text) }
        #expect(all == ["sub_d", "sub_b", "sub_c", "sub_a"])
    }

    @Test func `all of an account can be removed, and nothing of others is`() async throws {
        let (counter, other) = (try await Counter(), AccountID.random())
        _ = try await counter.deliver(.of(.picture(for: account, .active), "evt_1", at: 100))
        _ = try await counter.deliver(.of(.picture("sub_2", of: "cus_2", for: other, .active), "evt_2", at: 100))
        try await counter.database.write { try counter.subscriptions.remove(of: account, in: $0) }
        #expect(try await counter.find(reference("sub_1")) == nil)
        #expect(try await counter.find(reference("sub_2"))?.account == other)
        #expect(try await counter.event(reference("evt_1"))?.isReplayable == false)
        #expect(try await counter.event(reference("evt_2"))?.isReplayable == true)
        await #expect(throws: WebhookIntakeError.notReplayable(reference("evt_1"))) {
            try await counter.intake.replay(reference("evt_1"))
        }
    }
}
