import Storage

extension SubscriptionReconcile {
    /// A first payment that is open for longer is void at the provider.
    static let firstPayment = Duration.seconds(23 * 3_600)

    /// Whom to look at now: first those of whom something is in doubt, and of those whoever was not looked at the longest.
    func customers(in session: any ReadSession) throws(DatabaseError) -> [CustomerID] {
        let now = clock.now()
        return try customers(
            inDoubtSince: now - settings.urgentInterval, any: now - settings.interval, in: session)
    }

    /// - Parameters:
    ///   - urgent: who is in doubt and was not looked at after this.
    ///   - usual: whoever was not looked at after this.
    func customers(
        inDoubtSince urgent: Timestamp, any usual: Timestamp, in session: any ReadSession
    ) throws(DatabaseError) -> [CustomerID] {
        let now = clock.now()
        let overdue = now - settings.patience
        let doubts: [SQL] = [
            """
            SELECT customer FROM subscriptions WHERE suspect = 1
            UNION SELECT customer FROM subscriptions
                WHERE status IN ('trialing', 'active', 'past_due') AND period_end < \(overdue)
            UNION SELECT customer FROM subscriptions
                WHERE status = 'incomplete' AND created_at < \(now - Self.firstPayment)
            UNION SELECT customer FROM webhook_events AS event WHERE outcome = 'waiting' AND customer IS NOT NULL
                AND NOT EXISTS (
                    SELECT 1 FROM customer_checks AS known
                    WHERE known.customer = event.customer AND known.looked_at > event.created_at
                        AND known.failure IS NULL)
            """,
            // Of whom events wait though the provider was asked, it is mostly another's customer: they are not to keep us
            // from our own.
            """
            SELECT customer FROM billing_customers
            UNION SELECT customer FROM webhook_events WHERE outcome = 'waiting' AND customer IS NOT NULL
            """,
        ]
        var found: [CustomerID] = []
        for (doubt, before) in zip(doubts, [urgent, usual]) where found.count < settings.batch {
            let rows = try session.rows(
                """
                SELECT due.customer FROM (\(doubt)) AS due
                LEFT JOIN customer_checks ON customer_checks.customer = due.customer
                WHERE looked_at IS NULL OR looked_at <= \(before)
                ORDER BY COALESCE(looked_at, 0), due.customer LIMIT \(settings.batch)
                """)
            for row in rows where found.count < settings.batch {
                let customer: CustomerID = try row.get("customer")
                if !found.contains(customer) { found.append(customer) }
            }
        }
        return found
    }
}
