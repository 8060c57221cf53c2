import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct InvoicesTests {
    private func picture(_ status: Invoice.Status, paid: Int = 0, id: String = "in_1", made: Int = 100) -> Invoice {
        Invoice(
            id: reference(id), customer: reference("cus_1"), status: status, currency: "usd", total: 999, paid: paid,
            createdAt: at(made))
    }

    @Test func `pictures and refunds in any order end in the same invoice`() async throws {
        let account = AccountID.random()
        let contents: [(PaymentEvent.Content, Int)] = [
            (.invoice(picture(.draft)), 100), (.invoice(picture(.open)), 101),
            (.invoice(picture(.paid, paid: 999)), 102),
            (.invoice(picture(.open, paid: 1)), 150),
            (.refund(reference("in_1"), customer: reference("cus_1"), total: 500), 200),
            (.refund(reference("in_1"), customer: reference("cus_1"), total: 999), 300),
        ]
        let events = contents.enumerated().map { number, content in
            PaymentEvent(id: reference("evt_\(number)"), type: "t", createdAt: at(content.1), content: content.0)
        }
        var random = SplitMix64(seed: 4)
        for _ in 0..<20 {
            let counter = try await Counter()
            _ = try await counter.database.write { try counter.intake.link(reference("cus_1"), to: account, in: $0) }
            for event in (events + events).shuffled(using: &random) { _ = try await counter.deliver(event) }
            let found = try await counter.database.read { try Invoices().find(reference("in_1"), in: $0) }
            #expect((found?.status, found?.paid, found?.refunded) == (.paid, 999, 999))
            #expect(try await counter.effects().count == events.count)
        }
    }

    @Test func `a refund that is of no invoice is kept, and nothing is done`() async throws {
        let counter = try await Counter()
        let event = PaymentEvent(
            id: reference("evt_1"), type: "charge.refunded", createdAt: at(100),
            content: .refund(nil, customer: reference("cus_1"), total: 5))
        #expect(try await counter.deliver(event) == .ignored)
    }

    @Test func `an account sees its own, newest first, by page`() async throws {
        let (counter, account) = (try await Counter(), AccountID.random())
        _ = try await counter.database.write { try counter.intake.link(reference("cus_1"), to: account, in: $0) }
        for number in 1...3 {
            let invoice = picture(.paid, id: "in_\(number)", made: number)
            _ = try await counter.deliver(
                PaymentEvent(id: reference("evt_\(number)"), type: "t", createdAt: at(9), content: .invoice(invoice)))
        }
        let first = try await counter.database.read { try Invoices().list(of: account, PageRequest(limit: 2), in: $0) }
        #expect(first.items.map(\.id.text) == ["in_3", "in_2"])
        let rest = try await counter.database.read {
            try Invoices().list(of: account, PageRequest(limit: 2, after: first.next), in: $0)
        }
        #expect(rest.items.map(\.id.text) == ["in_1"] && rest.next == nil)
        #expect(try await counter.database.read { try Invoices().list(of: .random(), in: $0) }.items.isEmpty)
    }
}
