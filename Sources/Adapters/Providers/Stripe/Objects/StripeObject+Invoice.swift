import Billing
import Storage

extension StripeObject {
    /// Reads an invoice as versions of all years write it: since 2025-03-31 its subscription stands under `parent`.
    ///
    /// What was refunded is known only where its charge is written out.
    ///
    /// - Throws: ``PaymentError/unreadable(_:)``.
    func invoice() throws(PaymentError) -> Invoice {
        guard word("object") == "invoice" else { throw Self.wrong("object") }
        guard let status = try Invoice.Status(rawValue: text("status").needed("status")) else {
            throw Self.wrong("status")
        }
        let currency = try text("currency", upTo: 3).needed("currency")
        guard currency.utf8.count == 3 else { throw Self.wrong("currency") }
        return Invoice(
            id: try reference("id").needed("id"), customer: try reference("customer").needed("customer"),
            subscription: try paidSubscription(), number: try text("number"), status: status,
            currency: currency.lowercased(), total: try integer("total").needed("total"),
            paid: try amount("amount_paid") ?? 0, refunded: try refunded(), period: try paidPeriod(),
            createdAt: try moment("created").needed("created"), url: try text("hosted_invoice_url", upTo: 2048))
    }

    private func paidSubscription() throws(PaymentError) -> SubscriptionID? {
        if let subscription: SubscriptionID = try reference("subscription") { return subscription }
        return try object("parent")?.object("subscription_details")?.reference("subscription")
    }

    /// By its lines: the invoice's own period is the one before, in which its items were gathered.
    private func paidPeriod() throws(PaymentError) -> BillingPeriod? {
        var latest: BillingPeriod?
        for line in try list("lines") {
            guard let period = try line.object("period"), let start = try period.moment("start"),
                let end = try period.moment("end"), let period = BillingPeriod(start: start, end: end)
            else { continue }
            if latest.map({ $0.end < period.end }) ?? true { latest = period }
        }
        if let latest { return latest }
        guard let start = try moment("period_start"), let end = try moment("period_end") else { return nil }
        return BillingPeriod(start: start, end: end)
    }

    private func refunded() throws(PaymentError) -> Int {
        guard word("charge") == nil else { return 0 }
        return try object("charge")?.amount("amount_refunded") ?? 0
    }
}
