import Foundation
import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Billing

/// The sequences of `Tests/Vectors/webhooks`, in every order, several times, over several connections, cut off anywhere.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct WebhookSequenceTests {
    struct Sequence: Decodable, Sendable, CustomTestStringConvertible {
        struct Event: Decodable, Sendable {
            struct Picture: Decodable, Sendable {
                let id: String
                let status: SubscriptionStatus
                let current_period_end: Int
            }

            let id: String
            let created: Int
            let type: String
            let subscription: Picture
        }

        let name: String
        let events: [Event]
        let final: SubscriptionStatus

        var testDescription: String { name }

        /// With names of its own for each round, so that rounds share a database.
        func payments(_ round: Int, _ account: AccountID) -> [PaymentEvent] {
            events.map { event in
                .of(
                    .picture(
                        "\(event.subscription.id)-\(round)", of: "cus-\(round)", for: account,
                        event.subscription.status,
                        ends: event.subscription.current_period_end),
                    "\(event.id)-\(round)", at: event.created, type: event.type)
            }
        }
    }

    private struct File: Decodable {
        let sequences: [Sequence]
    }

    static let sequences: [Sequence] = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appending(path: "Vectors/webhooks/subscription-sequences.json")
        return (try? JSONDecoder().decode(File.self, from: Data(contentsOf: file)))?.sequences ?? []
    }()

    @Test func `there are sequences`() {
        #expect(Self.sequences.count >= 5)
    }

    @Test(arguments: sequences)
    func `every order and number of deliveries ends in the same row`(_ sequence: Sequence) async throws {
        let counter = try await Counter()
        var (random, rows) = (SplitMix64(seed: 1), [String]())
        for (round, order) in permutations(of: Array(sequence.events.indices)).enumerated() {
            let account = AccountID.random()
            let mine = sequence.payments(round, account)
            var deliveries = order.map { mine[$0] }
            for event in mine {
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    deliveries.insert(event, at: Int.random(in: 0...deliveries.count, using: &random))
                }
            }
            for event in deliveries { _ = try await counter.deliver(event) }
            rows.append(try await row(round, account, counter))
        }
        #expect(Set(rows).count == 1, "\(Set(rows))")
        #expect(rows.first?.hasPrefix(sequence.final.rawValue) == true)
        let effects = try await counter.effects()
        #expect(effects.count == rows.count * sequence.events.count && effects.values.allSatisfy { $0 == 1 })
    }

    @Test(arguments: sequences)
    func `over 8 connections at once it ends in the same row`(_ sequence: Sequence) async throws {
        let connections = try await Connections(8)
        defer { connections.remove() }
        let counter = try await Counter(connections.databases[0])
        let intakes = connections.databases.map(counter.through)
        var (random, rows) = (SplitMix64(seed: 2), [String]())
        for round in 0..<Rounds.count(5) {
            let account = AccountID.random()
            let events = sequence.payments(round, account)
            let deliveries = (events + events + events).shuffled(using: &random)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, event) in deliveries.enumerated() {
                    let intake = intakes[number % intakes.count]
                    group.addTask { _ = try await intake.accept(Counter.body(event)) }
                }
                try await group.waitForAll()
            }
            rows.append(try await row(round, account, counter))
        }
        #expect(Set(rows).count == 1, "\(Set(rows))")
        #expect(rows.first?.hasPrefix(sequence.final.rawValue) == true)
        let effects = try await counter.effects()
        #expect(effects.count == rows.count * sequence.events.count && effects.values.allSatisfy { $0 == 1 })
    }

    @Test(arguments: sequences)
    func `cut off between any two statements it ends in the same row`(_ sequence: Sequence) async throws {
        let counter = try await Counter()
        var (statement, rows, isThrough) = (1, [String](), false)
        while !isThrough {
            let account = AccountID.random()
            let events = Array(sequence.payments(statement, account).reversed())
            let interrupted = InterruptedDatabase(counter.database, at: statement)
            isThrough = true
            for event in events {
                do {
                    _ = try await counter.through(interrupted).accept(Counter.body(event))
                } catch WebhookIntakeError.notStored {
                    isThrough = false
                    break
                }
            }
            // The provider was not told of success for the last one, and sends it again; others may come twice.
            for event in events { _ = try await counter.deliver(event) }
            rows.append(try await row(statement, account, counter))
            statement += 1
        }
        #expect(statement > sequence.events.count * 5)
        #expect(Set(rows).count == 1, "\(Set(rows))")
        #expect(rows.first?.hasPrefix(sequence.final.rawValue) == true)
        let effects = try await counter.effects()
        #expect(effects.count == rows.count * sequence.events.count && effects.values.allSatisfy { $0 == 1 })
    }

    /// All that is known of the subscription, without the names that are its own.
    private func row(_ round: Int, _ account: AccountID, _ counter: Counter) async throws -> String {
        let id: SubscriptionID = reference("sub_1-\(round)")
        let found = try #require(try await counter.find(id))
        #expect(found.account == account)
        let isSuspect = try await counter.isSuspect(id)
        return [
            found.status.rawValue, "\(found.period?.end.description ?? "-")",
            "\(found.pastDueSince?.description ?? "-")",
            "\(isSuspect)",
        ].joined(separator: " ")
    }

    private func permutations(of items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.flatMap { first in
            permutations(of: items.filter { $0 != first }).map { [first] + $0 }
        }
    }
}
