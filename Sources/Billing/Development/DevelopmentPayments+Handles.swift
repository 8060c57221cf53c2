import Storage

/// What happens at a real provider without anybody asking for it, or by hands on its pages.
extension DevelopmentPayments {
    public func checkout(_ id: String) async throws(PaymentError) -> DevelopmentCheckout {
        let kept = try await look { try DevelopmentTill.find(DevelopmentCheckout.self, .checkout, id, in: $0) }
        guard let kept else { throw .notFound }
        return kept
    }

    /// Somebody goes through the checkout: once, however often they press.
    ///
    /// - Parameter paying: whether the card is good.
    public func complete(checkout id: String, paying: Bool = true) async throws(PaymentError) -> Subscription {
        try await change { till in
            guard var kept = try till.find(DevelopmentCheckout.self, .checkout, id) else { throw PaymentError.notFound }
            if let made = kept.subscription { return try till.subscription(made).picture }
            guard till.now < kept.expiresAt else { throw PaymentError.refused("the checkout has expired") }
            let picture = try till.begin(kept, paying: paying)
            kept.subscription = picture.id
            try till.save(kept, as: .checkout, id, of: kept.customer)
            return picture
        }
    }

    /// What is open is paid.
    public func pay(_ id: SubscriptionID) async throws(PaymentError) -> Subscription {
        try await change { till in
            let kept = try till.subscription(id)
            switch kept.picture.status {
            case .incomplete, .pastDue, .unpaid: return try till.settle(kept)
            default: throw PaymentError.refused("nothing is due: it is \(kept.picture.status.rawValue)")
            }
        }
    }

    /// The next payment fails: it is overdue, and when that fails too, unpaid.
    public func failPayment(_ id: SubscriptionID) async throws(PaymentError) -> Subscription {
        try await change { try $0.fail($0.subscription(id)) }
    }

    /// All that falls due until `moment` comes to pass: trials end, periods are renewed or run out, first payments expire.
    public func advance(_ id: SubscriptionID, to moment: Timestamp) async throws(PaymentError) -> Subscription {
        try await change { try $0.advance($0.subscription(id), to: moment) }
    }

    /// It ends now: what was never paid expires, all else is cancelled.
    public func expire(_ id: SubscriptionID) async throws(PaymentError) -> Subscription {
        try await change { till in
            let kept = try till.subscription(id)
            guard !kept.picture.status.isTerminal else { throw PaymentError.refused("it has ended") }
            return try till.end(kept, at: till.moment(for: kept))
        }
    }

    /// A trial ends without a way to pay.
    public func pause(_ id: SubscriptionID) async throws(PaymentError) -> Subscription {
        try await change { till in
            var kept = try till.subscription(id)
            guard kept.picture.status == .trialing else { throw PaymentError.refused("only a trial can be paused") }
            kept.picture.status = .paused
            return try till.tell(kept)
        }
    }

    /// Of what was paid for an invoice, so much in all is given back.
    public func refund(_ id: InvoiceID, total: Int) async throws(PaymentError) -> Invoice {
        try await change { till in
            guard var invoice = try till.find(Invoice.self, .invoice, id.text) else { throw PaymentError.notFound }
            guard (invoice.refunded...max(invoice.refunded, invoice.paid)).contains(total) else {
                throw PaymentError.refused("more than was paid, or less than was given back")
            }
            invoice.refunded = total
            try till.save(invoice, as: .invoice, id.text, of: invoice.customer)
            try till.tell(
                "charge.refunded", .refund(id, customer: invoice.customer, total: total),
                at: Timestamp(milliseconds: till.now.milliseconds / 1_000 * 1_000))
            return invoice
        }
    }
}
