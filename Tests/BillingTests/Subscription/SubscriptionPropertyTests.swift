import Foundation
import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Billing

/// A provider whose subscriptions walk through the machine at random, and tell of it in any order.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct SubscriptionPropertyTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `any history in any order ends as it is at the provider`(seed: UInt64) async throws {
        let counter = try await Counter()
        var random = SplitMix64(seed: seed)
        var told = 0
        for round in 0..<Rounds.count(FreshDatabase.postgresURL == nil ? 8 : 3) {
            let history = History(using: &random)
            told += history.events.count
            for copy in 0..<2 {
                // An account has one customer, so each telling is to another.
                let account = AccountID.random()
                let events = history.named("\(round)-\(copy)", for: account)
                var deliveries = events.shuffled(using: &random)
                for event in events where Bool.random(using: &random) {
                    deliveries.insert(event, at: Int.random(in: 0...deliveries.count, using: &random))
                }
                for event in deliveries { _ = try await counter.deliver(event) }
                let id: SubscriptionID = reference("sub-\(round)-\(copy)")
                let found = try #require(try await counter.find(id))
                #expect((found.status, found.account) == (history.truth.status, account))
                #expect(found.items == history.truth.items)
                #expect(found.pastDueSince == history.pastDueSince)
                #expect(try await !counter.isSuspect(id))
            }
        }
        let effects = try await counter.effects()
        #expect(effects.count == 2 * told && effects.values.allSatisfy { $0 == 1 })
    }

    @Test(arguments: 5...8 as ClosedRange<UInt64>)
    func `pictures of one second end in the same row in every order`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let account = AccountID.random()
        // With an end among them little else counts.
        let statuses = SubscriptionStatus.allCases.filter { seed.isMultiple(of: 2) || !$0.isTerminal }
        let events = (0..<8).map { number in
            PaymentEvent.of(
                .picture(for: account, statuses.randomElement(using: &random) ?? .active),
                "evt_\(number)", at: Int.random(in: 100...101, using: &random))
        }
        var rows: Set<String> = []
        for _ in 0..<10 {
            let counter = try await Counter()
            for event in (events + events).shuffled(using: &random) { _ = try await counter.deliver(event) }
            let found = try #require(try await counter.find(reference("sub_1")))
            rows.insert("\(found) \(try await counter.isSuspect(found.id))")
        }
        #expect(rows.count == 1)
    }
}

/// What happened to one subscription at the provider.
private struct History {
    private(set) var events: [(status: SubscriptionStatus, quantity: Int, second: Int)] = []

    init(using random: inout SplitMix64) {
        var (status, second): (SubscriptionStatus?, Int) = (nil, 100)
        for _ in 0..<Int.random(in: 1...25, using: &random) {
            let next = SubscriptionMachine.followers(of: status).sorted { $0.rank < $1.rank }
            // Most of the time it is only changed, or an end comes late.
            let step = next.filter { !$0.isTerminal || Int.random(in: 0..<4, using: &random) == 0 }
            let stays = status != nil && Bool.random(using: &random)
            if !stays, let new = step.randomElement(using: &random) { status = new }
            guard let status else { continue }
            second += Int.random(in: 1...1_000, using: &random)
            events.append((status, Int.random(in: 1...3, using: &random), second))
            if status.isTerminal { break }
        }
        if events.isEmpty { events = [(.active, 1, 100)] }
    }

    func named(_ name: String, for account: AccountID) -> [PaymentEvent] {
        events.enumerated().map { number, event in
            .of(
                .picture(
                    "sub-\(name)", of: "cus-\(name)", for: account, event.status,
                    items: [Subscription.Item(price: reference("pro"), quantity: event.quantity)]),
                "evt-\(name)-\(number)", at: event.second)
        }
    }

    var truth: (status: SubscriptionStatus, items: [Subscription.Item]) {
        let last = events[events.count - 1]
        return (last.status, [Subscription.Item(price: reference("pro"), quantity: last.quantity)])
    }

    var pastDueSince: Timestamp? {
        events.reversed().prefix { $0.status == .pastDue }.last.map { at($0.second) }
    }
}
