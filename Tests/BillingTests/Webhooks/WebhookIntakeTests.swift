import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct WebhookIntakeTests {
    private let account = AccountID.random()
    private var active: PaymentEvent { .of(.picture(for: account, .active), "evt_1", at: 100) }

    @Test func `an event is applied, and its effect done`() async throws {
        let counter = try await Counter()
        #expect(try await counter.deliver(active) == .applied)
        #expect(try await counter.find(reference("sub_1"))?.status == .active)
        #expect(try await counter.effects() == ["evt_1": 1])
        let kept = try #require(try await counter.event(reference("evt_1")))
        #expect((kept.outcome, kept.deliveries, kept.appliedAt) == (.applied, 1, counter.clock.now()))
    }

    @Test func `a forged webhook leaves nothing behind`() async throws {
        let counter = try await Counter()
        let body = try Counter.body(active)
        let forged = StripeSignature(secrets: ["whsec_guessed"]).header(for: body, at: counter.clock.now()) ?? ""
        for header in [forged, "", "t=1,v1=00", "v1=\(String(repeating: "0", count: 64))"] {
            await #expect(throws: WebhookIntakeError.self) {
                try await counter.intake.receive(body, signature: header)
            }
        }
        #expect(try await counter.event(reference("evt_1")) == nil)
        #expect(try await counter.find(reference("sub_1")) == nil)
    }

    @Test func `without a secret nothing is taken`() async throws {
        let counter = try await Counter()
        let open = WebhookIntake(counter.database, provider: ScriptedPayments(), clock: counter.clock)
        let body = try Counter.body(active)
        let header = StripeSignature(secrets: ["x"]).header(for: body, at: counter.clock.now()) ?? ""
        await #expect(throws: WebhookIntakeError.signature(.wrongCode)) {
            try await open.receive(body, signature: header)
        }
    }

    @Test func `the same request again has no effect, and after 300 seconds is refused`() async throws {
        let counter = try await Counter()
        let body = try Counter.body(active)
        let header = try #require(counter.signature.header(for: body, at: counter.clock.now()))
        #expect(try await counter.intake.receive(body, signature: header) == .applied)
        for seconds in [1, 298] {
            counter.clock.advance(by: .seconds(seconds))
            #expect(try await counter.intake.receive(body, signature: header) == .duplicate)
        }
        counter.clock.advance(by: .seconds(2))
        await #expect(throws: WebhookIntakeError.signature(.tooOld)) {
            try await counter.intake.receive(body, signature: header)
        }
        #expect(try await counter.effects() == ["evt_1": 1])
        #expect(try await counter.event(reference("evt_1"))?.deliveries == 3)
    }

    @Test func `of 50 deliveries at once one has the effect`() async throws {
        let connections = try await Connections(8)
        defer { connections.remove() }
        let counter = try await Counter(connections.databases[0])
        let event = active
        let outcomes = try await withThrowingTaskGroup(of: WebhookOutcome.self) { group in
            for number in 0..<50 {
                let intake = counter.through(connections.databases[number % 8])
                group.addTask { try await intake.accept(Counter.body(event)) }
            }
            return try await group.reduce(into: [WebhookOutcome: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes == [.applied: 1, .duplicate: 49])
        #expect(try await counter.effects() == ["evt_1": 1])
    }

    @Test func `what is older than what is known changes nothing, and has its effect too`() async throws {
        let counter = try await Counter()
        _ = try await counter.deliver(.of(.picture(for: account, .pastDue), "evt_2", at: 200))
        #expect(try await counter.deliver(active) == .stale)
        #expect(try await counter.find(reference("sub_1"))?.status == .pastDue)
        #expect(try await counter.effects() == ["evt_1": 1, "evt_2": 1])
    }

    @Test func `an end is never undone, whatever comes later`() async throws {
        let counter = try await Counter()
        _ = try await counter.deliver(.of(.picture(for: account, .canceled), "evt_1", at: 100))
        #expect(try await counter.deliver(.of(.picture(for: account, .active), "evt_2", at: 900)) == .stale)
        #expect(try await counter.find(reference("sub_1"))?.status == .canceled)
    }

    @Test func `an event of an unknown type is kept and has no effect`() async throws {
        let counter = try await Counter()
        let event = PaymentEvent(id: reference("evt_9"), type: "radar.warning", createdAt: at(100), content: .other)
        #expect(try await counter.deliver(event) == .ignored)
        #expect(try await counter.deliver(event) == .duplicate)
        #expect(try await counter.effects().isEmpty)
    }

    @Test func `what cannot be read is refused, and not kept`() async throws {
        let counter = try await Counter()
        for body in [[], Array("{}".utf8), [0xFF, 0xFE, 0x00], Array("[[[[".utf8)] as [[UInt8]] {
            let header = try #require(counter.signature.header(for: body, at: counter.clock.now()))
            await #expect(throws: WebhookIntakeError.unreadable) {
                try await counter.intake.receive(body, signature: header)
            }
        }
        let large = [UInt8](repeating: 0x20, count: WebhookIntake.largestBody + 1)
        let header = try #require(counter.signature.header(for: large, at: counter.clock.now()))
        await #expect(throws: WebhookIntakeError.tooLarge(limit: WebhookIntake.largestBody)) {
            try await counter.intake.receive(large, signature: header)
        }
    }

    @Test func `of two bodies under one name the first counts`() async throws {
        let counter = try await Counter()
        _ = try await counter.deliver(active)
        let other = PaymentEvent.of(.picture(for: account, .canceled), "evt_1", at: 100)
        #expect(try await counter.deliver(other) == .duplicate)
        #expect(try await counter.find(reference("sub_1"))?.status == .active)
        #expect(try await counter.event(reference("evt_1"))?.reason == "it came with another body too")
    }

    @Test func `what nobody can be found for waits until the checkout tells`() async throws {
        let counter = try await Counter()
        let invoice = Invoice(
            id: reference("in_1"), customer: reference("cus_1"), status: .paid, currency: "usd", total: 999, paid: 999,
            createdAt: at(100))
        #expect(try await counter.deliver(.of(.picture(.active), "evt_1", at: 100)) == .waiting)
        let paid = PaymentEvent(
            id: reference("evt_2"), type: "invoice.paid", createdAt: at(100), content: .invoice(invoice))
        #expect(try await counter.deliver(paid) == .waiting)
        #expect(try await counter.deliver(paid) == .duplicate)
        #expect(try await counter.effects().isEmpty)
        #expect(try await counter.find(reference("sub_1")) == nil)

        let checkout = PaymentEvent(
            id: reference("evt_3"), type: "checkout.session.completed", createdAt: at(101),
            content: .checkout(customer: reference("cus_1"), account: account, subscription: reference("sub_1")))
        #expect(try await counter.deliver(checkout) == .applied)
        #expect(try await counter.effects() == ["evt_1": 1, "evt_2": 1, "evt_3": 1])
        #expect(try await counter.find(reference("sub_1"))?.account == account)
        let invoices = try await counter.database.read { try Invoices().list(of: account, in: $0).items }
        #expect(invoices == [invoice])
    }

    @Test func `what waited is applied when the customer is linked`() async throws {
        let counter = try await Counter()
        _ = try await counter.deliver(.of(.picture(.active), "evt_1", at: 100))
        let isLinked = try await counter.database.write { session in
            try counter.intake.link(reference("cus_1"), to: account, in: session)
        }
        #expect(isLinked)
        #expect(try await counter.event(reference("evt_1"))?.outcome == .applied)
        #expect(try await counter.effects() == ["evt_1": 1])
    }

    @Test func `a customer is never moved to another account`() async throws {
        let (counter, thief) = (try await Counter(), AccountID.random())
        _ = try await counter.deliver(active)
        let checkout = PaymentEvent(
            id: reference("evt_3"), type: "checkout.session.completed", createdAt: at(101),
            content: .checkout(customer: reference("cus_1"), account: thief, subscription: nil))
        #expect(try await counter.deliver(checkout) == .failed)
        #expect(try await counter.find(reference("sub_1"))?.account == account)
        #expect(try await counter.database.read { try counter.subscriptions.list(of: thief, in: $0) }.isEmpty)
    }
}
