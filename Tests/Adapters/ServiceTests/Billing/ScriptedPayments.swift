import Billing
import Foundation
import Storage
import Synchronization

/// A provider that does as it is told, or answers everything as a test says.
final class ScriptedPayments: PaymentProvider {
    private struct State {
        var answer: PaymentError?
        var pictures: [SubscriptionID: Subscription] = [:]
        /// What was asked, with the name of the request.
        var asked: [String] = []
    }

    let name = "scripted"
    private let state = Mutex(State())

    var asked: [String] { state.withLock { $0.asked } }

    /// Nil for doing as told.
    func answer(with error: PaymentError?) { state.withLock { $0.answer = error } }

    func know(_ picture: Subscription) { state.withLock { $0.pictures[picture.id] = picture } }

    private func ask(_ what: String) throws(PaymentError) {
        let answer = state.withLock { state in
            state.asked.append(what)
            return state.answer
        }
        if let answer { throw answer }
    }

    private func change(
        _ id: SubscriptionID, _ change: (inout Subscription) -> Void
    ) throws(PaymentError) -> Subscription {
        let changed = state.withLock { state -> Subscription? in
            guard var picture = state.pictures[id] else { return nil }
            change(&picture)
            state.pictures[id] = picture
            return picture
        }
        guard let changed else { throw .notFound }
        return changed
    }

    func createCustomer(_ customer: NewCustomer, once key: RequestKey) async throws(PaymentError) -> CustomerID {
        try ask("customer")
        guard let id = CustomerID("cus_\(customer.account)") else { throw .unreadable("no name") }
        return id
    }

    func startCheckout(_ checkout: NewCheckout, once key: RequestKey) async throws(PaymentError) -> Checkout {
        try ask("checkout")
        return Checkout(id: "cs_1", url: "https://pay.example.com/1", expiresAt: Timestamp(milliseconds: 0))
    }

    func openPortal(for customer: CustomerID, returningTo url: String) async throws(PaymentError) -> String {
        try ask("portal of \(customer)")
        return "https://pay.example.com/portal"
    }

    func subscription(_ id: SubscriptionID) async throws(PaymentError) -> Subscription { try change(id) { _ in } }

    func subscriptions(of customer: CustomerID) async throws(PaymentError) -> [Subscription] {
        try ask("subscriptions of \(customer)")
        return state.withLock { state in state.pictures.values.filter { $0.customer == customer } }
    }

    func cancel(
        _ id: SubscriptionID, atPeriodEnd: Bool, once key: RequestKey
    ) async throws(PaymentError) -> Subscription {
        try ask("cancel \(id)")
        return try change(id) { picture in
            if atPeriodEnd { picture.cancelsAtPeriodEnd = true } else { picture.status = .canceled }
        }
    }

    func resume(_ id: SubscriptionID, once key: RequestKey) async throws(PaymentError) -> Subscription {
        try ask("resume \(id)")
        return try change(id) { $0.cancelsAtPeriodEnd = false }
    }

    func change(
        _ id: SubscriptionID, by change: SubscriptionChange, once key: RequestKey
    ) async throws(PaymentError) -> Subscription {
        try ask("change \(id)")
        return try self.change(id) { ($0.items, $0.retained) = (change.items, change.retained) }
    }

    func invoices(of customer: CustomerID, after: InvoiceID?, limit: Int) async throws(PaymentError) -> [Invoice] { [] }

    func publish(_ offers: [PriceOffer]) async throws(PaymentError) -> [PriceName] { [] }

    func event(from body: [UInt8]) throws(PaymentError) -> PaymentEvent {
        guard let event = try? JSONDecoder().decode(PaymentEvent.self, from: Data(body)) else {
            throw .unreadable("no event")
        }
        return event
    }
}
