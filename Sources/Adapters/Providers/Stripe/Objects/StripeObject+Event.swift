import Auth
import Billing
import Storage

extension StripeObject {
    /// Reads an event of any version: the endpoint's own decides it, not the one our requests name.
    ///
    /// - Throws: ``PaymentError/unreadable(_:)``.
    func event() throws(PaymentError) -> PaymentEvent {
        guard word("object") == "event" else { throw Self.wrong("object") }
        let id: EventID = try reference("id").needed("id")
        let type: ProviderReference<PaymentEvent.Content> = try reference("type").needed("type")
        return PaymentEvent(
            id: id, type: type.text, createdAt: try moment("created").needed("created"), content: try content(type.text)
        )
    }

    private func content(_ type: String) throws(PaymentError) -> PaymentEvent.Content {
        switch type {
        // A preview, which is no invoice and has no name.
        case "invoice.upcoming", "invoice.deleted": return .other
        case _ where type.hasPrefix("customer.subscription."): return .subscription(try subject().subscription())
        case _ where type.hasPrefix("invoice."): return .invoice(try subject().invoice())
        case "checkout.session.completed": return try subject().checkout()
        case "charge.refunded": return try subject().refund()
        // `refund.*` speak of one refund; how much in all is told with the charge, each time.
        default: return .other
        }
    }

    private func subject() throws(PaymentError) -> StripeObject {
        try object("data").needed("data").object("object").needed("object")
    }

    /// Only one for a subscription makes a customer somebody's.
    private func checkout() throws(PaymentError) -> PaymentEvent.Content {
        guard word("object") == "checkout.session" else { throw Self.wrong("object") }
        guard try text("mode").needed("mode") == "subscription" else { return .other }
        // Not by `client_reference_id`, which whoever opens a payment link may choose.
        return .checkout(
            customer: try reference("customer").needed("customer"), account: try account,
            subscription: try reference("subscription"))
    }

    private func refund() throws(PaymentError) -> PaymentEvent.Content {
        guard word("object") == "charge" else { throw Self.wrong("object") }
        return .refund(
            try reference("invoice"), customer: try reference("customer"),
            total: try amount("amount_refunded").needed("amount_refunded"))
    }
}
