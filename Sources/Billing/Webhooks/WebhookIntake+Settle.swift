import Storage

extension WebhookIntake {
    /// Notes that a customer is an account, and applies what waited for that.
    ///
    /// - Returns: false where the customer is another account's, or the account has another: nothing is changed then.
    public func link(
        _ customer: CustomerID, to account: AccountID, in session: any WriteSession
    ) throws -> Bool {
        guard try subscriptions.customers.link(customer, to: account, at: clock.now(), in: session) else {
            return false
        }
        try settleWaiting(of: customer, in: session)
        return true
    }

    /// Applies all that waited for the customer to become known.
    ///
    /// - Returns: how many there were.
    @discardableResult
    func settleWaiting(of customer: CustomerID, in session: any WriteSession) throws -> Int {
        let rows = try session.rows(
            """
            SELECT id, body FROM webhook_events WHERE customer = \(customer) AND outcome = 'waiting'
            ORDER BY happened_at, id \(.forUpdate)
            """)
        for row in rows {
            if let event = try (row.get(optional: "body", as: [UInt8].self)).flatMap({ try? provider.event(from: $0) })
            {
                _ = try settle(event, in: session)
            } else {
                // One that can no longer be read must not stand in the way of the others.
                let id: EventID = try row.get("id")
                try session.execute(
                    """
                    UPDATE webhook_events SET outcome = 'failed', reason = 'it can no longer be read' WHERE id = \(id)
                    """)
            }
        }
        return rows.count
    }

    /// Applies an event whose row is there, and writes down what became of it.
    func settle(_ event: PaymentEvent, in session: any WriteSession) throws -> WebhookOutcome {
        // What begins to be paid for all the same, as by a checkout that was open, is the effect's to end.
        if let customer = event.customer, !event.tellsOfAccess,
            try subscriptions.customers.isForgotten(customer, in: session)
        {
            return try forget(event, in: session)
        }
        let result = try apply(event, in: session)
        let done = result.outcome == .applied || result.outcome == .stale
        let appliedAt = done ? clock.now() : nil
        try session.execute(
            """
            UPDATE webhook_events SET outcome = \(result.outcome), applied_at = \(appliedAt),
                reason = COALESCE(\(result.reason), CASE WHEN outcome = 'failed' THEN NULL ELSE reason END)
            WHERE id = \(event.id)
            """)
        // Only now: what waits must not meet the event that ends the waiting.
        if done, event.account != nil, let customer = event.customer { try settleWaiting(of: customer, in: session) }
        return result.outcome
    }

    /// Of an account that is gone nothing is kept but that something came.
    private func forget(_ event: PaymentEvent, in session: any WriteSession) throws(DatabaseError) -> WebhookOutcome {
        try session.execute(
            """
            UPDATE webhook_events SET outcome = 'ignored', reason = 'its account is deleted', body = NULL
            WHERE id = \(event.id)
            """)
        return .ignored
    }

    private struct Result {
        let outcome: WebhookOutcome
        var reason: String?
    }

    private func apply(_ event: PaymentEvent, in session: any WriteSession) throws -> Result {
        let customers = subscriptions.customers
        let known = try event.customer.flatMap { try customers.account(of: $0, in: session) }
        switch event.content {
        case .other: return Result(outcome: .ignored)
        case .subscription(let picture):
            guard let account = picture.account ?? known else { return Result(outcome: .waiting) }
            let noted = try subscriptions.note(picture, at: event.createdAt, from: .event(event.id), in: session)
            return try finish(
                event, account, isStale: noted.isStale, before: noted.before, after: noted.after, in: session)
        case .invoice(let picture):
            guard let known else { return Result(outcome: .waiting) }
            let noted = try invoices.note(picture, at: event.createdAt, from: event.id, in: session)
            return try finish(event, known, isStale: noted.isStale, invoice: noted.invoice, in: session)
        case .checkout(let customer, let account, _):
            guard let account = account ?? known else { return Result(outcome: .waiting) }
            guard try customers.link(customer, to: account, at: event.createdAt, in: session) else {
                return Result(outcome: .failed, reason: "the customer is another account's, or the account has another")
            }
            return try finish(event, account, isStale: false, in: session)
        case .refund(let invoice, _, let total):
            guard let invoice else { return Result(outcome: .ignored, reason: "it is not of an invoice") }
            guard let known else { return Result(outcome: .waiting) }
            let isNew = try invoices.note(refunds: total, of: invoice, in: session)
            return try finish(
                event, known, isStale: !isNew, invoice: try invoices.find(invoice, in: session), in: session)
        }
    }

    private func finish(
        _ event: PaymentEvent, _ account: AccountID, isStale: Bool, before: Subscription? = nil,
        after: Subscription? = nil, invoice: Invoice? = nil, in session: any WriteSession
    ) throws -> Result {
        let outcome: WebhookOutcome = isStale ? .stale : .applied
        try effect(
            AppliedEvent(
                event: event, account: account, outcome: outcome, before: before, after: after, invoice: invoice),
            session)
        return Result(outcome: outcome)
    }
}
