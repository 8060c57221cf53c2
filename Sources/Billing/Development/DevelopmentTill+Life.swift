import Foundation
import Storage

/// How a subscription goes on at the development provider.
extension DevelopmentTill {
    /// - Parameter paying: whether the first payment succeeds; of a trial nothing is due.
    func begin(_ checkout: DevelopmentCheckout, paying: Bool) throws -> Subscription {
        let start = Timestamp(milliseconds: now.milliseconds / 1_000 * 1_000)
        let trialEnd = checkout.trialDays > 0 ? start + .seconds(86_400) * min(checkout.trialDays, 730) : nil
        let picture = Subscription(
            id: try Self.name("sub"), customer: checkout.customer, account: checkout.account,
            status: trialEnd != nil ? .trialing : paying ? .active : .incomplete, items: checkout.items,
            period: try trialEnd.map { BillingPeriod(start: start, end: $0) }
                ?? period(of: checkout.items, from: start),
            trialEndsAt: trialEnd, createdAt: start)
        var kept = DevelopmentSubscription(picture: picture, lastEventAt: start)
        kept.picture = try tell(kept, "customer.subscription.created", at: start)
        if trialEnd == nil { try bill(kept.picture, paid: paying, at: start) }
        try tell(
            "checkout.session.completed",
            .checkout(customer: checkout.customer, account: checkout.account, subscription: picture.id), at: start)
        return kept.picture
    }

    /// Paid for, from `moment` on.
    func renew(_ kept: DevelopmentSubscription, at moment: Timestamp) throws -> Subscription {
        var kept = kept
        kept.picture.status = .active
        kept.picture.period = try period(of: kept.picture.items, from: moment)
        if let retained = kept.picture.retained, retained.until <= moment { kept.picture.retained = nil }
        try bill(kept.picture, paid: true, at: moment)
        return try tell(kept, at: moment)
    }

    /// What is open is paid: the period stays as it is.
    func settle(_ kept: DevelopmentSubscription) throws -> Subscription {
        var kept = kept
        let moment = moment(for: kept)
        kept.picture.status = .active
        let open = try Self.all(Invoice.self, .invoice, of: kept.picture.customer, in: session)
            .filter { $0.subscription == kept.picture.id && $0.status == .open }
        for var invoice in open {
            (invoice.status, invoice.paid) = (.paid, invoice.total)
            try tell(invoice, at: moment)
        }
        return try tell(kept, at: moment)
    }

    /// A payment fails: first it is overdue, then given up.
    func fail(_ kept: DevelopmentSubscription) throws -> Subscription {
        var kept = kept
        let moment = moment(for: kept)
        switch kept.picture.status {
        case .trialing, .active:
            kept.picture.status = .pastDue
            kept.picture.period = try period(
                of: kept.picture.items, from: max(moment, kept.picture.period?.end ?? moment))
            try bill(kept.picture, paid: false, at: moment)
        case .pastDue: kept.picture.status = .unpaid
        default: throw PaymentError.refused("nothing is due: it is \(kept.picture.status.rawValue)")
        }
        return try tell(kept, at: moment)
    }

    /// Ends it: what was never paid expires, all else is cancelled.
    func end(_ kept: DevelopmentSubscription, at moment: Timestamp) throws -> Subscription {
        var kept = kept
        kept.picture.status = kept.picture.status == .incomplete ? .incompleteExpired : .canceled
        kept.picture.endedAt = moment
        for var invoice in try Self.all(Invoice.self, .invoice, of: kept.picture.customer, in: session)
        where invoice.subscription == kept.picture.id && invoice.status == .open {
            invoice.status = .void
            try tell(invoice, at: moment)
        }
        return try tell(kept, "customer.subscription.deleted", at: moment)
    }

    /// Does all that falls due until `end`.
    func advance(_ kept: DevelopmentSubscription, to end: Timestamp) throws -> Subscription {
        var kept = kept
        // A hundred years of months: enough for every test, and no way to keep the database busy for ever.
        for _ in 0..<1_200 {
            let picture = kept.picture
            let due: Timestamp?
            switch picture.status {
            case .incomplete: due = picture.createdAt + SubscriptionReconcile.firstPayment
            case .trialing, .active: due = picture.period?.end
            case .pastDue, .unpaid, .paused: due = picture.cancelsAtPeriodEnd ? picture.period?.end : nil
            case .canceled, .incompleteExpired: due = nil
            }
            guard let due, due <= end else { break }
            let moment = max(due, kept.lastEventAt + .seconds(1))
            if picture.status == .incomplete || picture.cancelsAtPeriodEnd {
                _ = try self.end(kept, at: moment)
            } else {
                _ = try renew(kept, at: moment)
            }
            kept = try subscription(picture.id)
        }
        return kept.picture
    }

    private func bill(_ picture: Subscription, paid: Bool, at moment: Timestamp) throws {
        var (total, currency) = (0, "usd")
        for item in picture.items {
            guard let price = try find(DevelopmentPrice.self, .price, item.price.text) else { continue }
            let (cost, overflow) = price.amount.multipliedReportingOverflow(by: item.quantity)
            let (sum, overflowed) = total.addingReportingOverflow(cost)
            guard !overflow, !overflowed else { throw PaymentError.refused("it costs too much") }
            (total, currency) = (sum, price.currency)
        }
        let id: InvoiceID = try Self.name("in")
        try tell(
            Invoice(
                id: id, customer: picture.customer, subscription: picture.id,
                number: "DEV-\(id.text.suffix(8).uppercased())", status: paid ? .paid : .open, currency: currency,
                total: total, paid: paid ? total : 0, period: picture.period, createdAt: moment), at: moment)
    }

    /// A month, or the year that the first price is for.
    private func period(of items: [Subscription.Item], from start: Timestamp) throws -> BillingPeriod? {
        let interval = try items.first.flatMap { try find(DevelopmentPrice.self, .price, $0.price.text) }?.interval
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let end = calendar.date(byAdding: interval == .year ? .year : .month, value: 1, to: start.date)
        return end.flatMap { BillingPeriod(start: start, end: Timestamp($0)) }
    }
}
