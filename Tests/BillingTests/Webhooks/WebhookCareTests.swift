import Foundation
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Billing

@Suite struct WebhookCareTests {
    private let account = AccountID.random()

    private struct Broken: Error {
        let secret = "whsec_canary"
    }

    @Test func `an effect that goes wrong undoes all, and is done when the event comes again`() async throws {
        let isBroken = Mutex(true)
        let counter = try await Counter { applied, session in
            try Counter.enter(applied, session)
            if isBroken.withLock({ $0 }) { throw Broken() }
        }
        let event = PaymentEvent.of(.picture(for: account, .active), "evt_1", at: 100)
        for _ in 1...2 { #expect(try await counter.deliver(event) == .failed) }
        #expect(try await counter.find(reference("sub_1")) == nil)
        #expect(try await counter.effects().isEmpty)
        let kept = try #require(try await counter.event(event.id))
        #expect((kept.outcome, kept.deliveries, kept.reason) == (.failed, 2, "Broken"))

        isBroken.withLock { $0 = false }
        #expect(try await counter.deliver(event) == .applied)
        #expect(try await counter.effects() == ["evt_1": 1])
        #expect(try await counter.event(event.id)?.reason == nil)
    }

    @Test func `a replay does no effect again unless it is told to`() async throws {
        let counter = try await Counter()
        let event = PaymentEvent.of(.picture(for: account, .active), "evt_1", at: 100)
        _ = try await counter.deliver(event)
        #expect(try await counter.intake.replay(event.id) == .duplicate)
        #expect(try await counter.effects() == ["evt_1": 1])
        _ = try await counter.intake.replay(event.id, force: true)
        #expect(try await counter.effects() == ["evt_1": 2])
        await #expect(throws: WebhookIntakeError.notFound(reference("evt_2"))) {
            try await counter.intake.replay(reference("evt_2"))
        }
    }

    @Test func `of many replays of a failed event at once one has the effect`() async throws {
        let isBroken = Mutex(true)
        let counter = try await Counter { applied, session in
            try Counter.enter(applied, session)
            if isBroken.withLock({ $0 }) { throw Broken() }
        }
        let event = PaymentEvent.of(.picture(for: account, .active), "evt_1", at: 100)
        _ = try await counter.deliver(event)
        isBroken.withLock { $0 = false }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...20 { group.addTask { _ = try await counter.intake.replay(event.id) } }
            try await group.waitForAll()
        }
        #expect(try await counter.effects() == ["evt_1": 1])
    }

    @Test func `events are listed newest first, by page and by what became of them`() async throws {
        let counter = try await Counter()
        for number in 1...5 {
            counter.clock.advance(by: .seconds(1))
            _ = try await counter.deliver(
                .of(
                    .picture("sub_\(number)", of: "cus_\(number)", for: number < 4 ? .random() : nil, .active),
                    "evt_\(number)", at: 100))
        }
        let first = try await counter.database.read { try counter.intake.list(page: 2, in: $0) }
        #expect(first.items.map(\.id.text) == ["evt_5", "evt_4"])
        let next = try await counter.database.read { try counter.intake.list(page: 2, after: first.next, in: $0) }
        #expect(next.items.map(\.id.text) == ["evt_3", "evt_2"])
        let waiting = try await counter.database.read { session in
            try counter.intake.list(WebhookFilter(outcome: .waiting), in: session).items
        }
        #expect(waiting.map(\.id.text) == ["evt_5", "evt_4"])
        let one = try await counter.database.read { session in
            try counter.intake.list(
                WebhookFilter(type: "customer.subscription.updated", customer: reference("cus_2")), in: session
            ).items
        }
        #expect(one.map(\.id.text) == ["evt_2"])
    }

    @Test func `events are forgotten after 90 days, and what they told is not`() async throws {
        let counter = try await Counter()
        _ = try await counter.deliver(.of(.picture(for: account, .active), "evt_1", at: 100))
        _ = try await counter.deliver(.of(.picture(for: account, .pastDue), "evt_2", at: 200))
        counter.clock.advance(by: WebhookIntake.keeps)
        #expect(try await counter.intake.purge() == 0)
        counter.clock.advance(by: .seconds(1))
        #expect(try await counter.intake.purge(limit: 1) == 1)
        #expect(try await counter.intake.purge() == 1)
        try await counter.intake.forgetPictures()
        #expect(try await counter.find(reference("sub_1"))?.pastDueSince == at(200))
        _ = try await counter.deliver(.of(.picture("sub_2", of: "cus_2", for: .random(), .canceled), "evt_4", at: 100))
        _ = try await counter.deliver(.of(.picture("sub_2", of: "cus_2", .active), "evt_5", at: 200))
        counter.clock.advance(by: WebhookIntake.keeps + .seconds(1))
        #expect(try await counter.intake.purge() == 2)
        try await counter.intake.forgetPictures()
        _ = try await counter.deliver(.of(.picture("sub_2", of: "cus_2", .pastDue), "evt_6", at: 300))
        let ended = try #require(try await counter.find(reference("sub_2")))
        #expect((ended.status, ended.pastDueSince) == (.canceled, nil))
        // The order is kept as well.
        #expect(try await counter.deliver(.of(.picture(for: account, .active), "evt_3", at: 150)) == .stale)
        #expect(try await counter.find(reference("sub_1"))?.pastDueSince == at(200))
    }

    @Test func `pictures that decide nothing are forgotten, of a few subscriptions at a time`() async throws {
        let counter = try await Counter()
        for (number, moment) in [(1, 100), (1, 200), (2, 100), (2, 200), (3, 100), (3, 200), (3, 300)] {
            let picture = Subscription.picture("sub_\(number)", of: "cus_\(number)", for: .random(), .active)
            _ = try await counter.deliver(.of(picture, "evt_\(number)_\(moment)", at: moment))
        }
        counter.clock.advance(by: WebhookIntake.keeps)
        try await counter.intake.forgetPictures(limit: 2)
        let left = try await counter.database.read { session in
            try session.rows("SELECT source FROM subscription_pictures ORDER BY source").map {
                try $0.get("source", as: String.self)
            }
        }
        #expect(left == ["event:evt_1_200", "event:evt_2_200", "event:evt_3_300"])
    }
}

extension WebhookIntake {
    fileprivate func list(
        page limit: Int, after cursor: PageCursor? = nil, in session: any ReadSession
    ) throws -> Page<WebhookEvent> {
        try list(WebhookFilter(), PageRequest(limit: limit, after: cursor), in: session)
    }
}
