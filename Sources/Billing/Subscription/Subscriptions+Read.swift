import Storage

extension Subscriptions {
    public func find(_ id: SubscriptionID, in session: any ReadSession) throws(DatabaseError) -> Subscription? {
        try stored(id, in: session)?.subscription
    }

    /// The one that tells what an account may do: of several the newest that is paid for, then one that is overdue, then one
    /// that can come back.
    public func current(of account: AccountID, in session: any ReadSession) throws(DatabaseError) -> Subscription? {
        let all = try list(of: account, in: session)
        for statuses in [[.active, .trialing], [.pastDue], [.unpaid, .paused]] as [Set<SubscriptionStatus>] {
            if let found = all.first(where: { statuses.contains($0.status) }) { return found }
        }
        return all.first
    }

    /// All that an account has or had, newest first.
    public func list(of account: AccountID, in session: any ReadSession) throws(DatabaseError) -> [Subscription] {
        var all: [Subscription] = []
        let rows = try session.rows(
            "SELECT * FROM subscriptions WHERE account = \(account) ORDER BY created_at DESC, id DESC")
        for row in rows { all.append(try StoredSubscription(row).subscription) }
        return all
    }

    /// Whether the provider is to be asked what is true of it.
    public func isSuspect(_ id: SubscriptionID, in session: any ReadSession) throws(DatabaseError) -> Bool {
        try stored(id, in: session)?.isSuspect ?? false
    }

    /// Removes all that is known of an account's payments here; at the provider it stays. Of its customer only the name is
    /// kept, so that what the provider tells later is not.
    public func remove(of account: AccountID, in session: any WriteSession) throws(DatabaseError) {
        let theirs: SQL = "(SELECT customer FROM billing_customers WHERE account = \(account))"
        try session.execute(
            """
            INSERT INTO forgotten_customers (customer)
            SELECT customer FROM billing_customers WHERE account = \(account)
            UNION SELECT customer FROM subscriptions WHERE account = \(account)
            ON CONFLICT DO NOTHING
            """)
        try session.execute(
            """
            DELETE FROM subscription_pictures WHERE subscription IN (
                SELECT id FROM subscriptions WHERE account = \(account) OR customer IN \(theirs))
            """)
        try session.execute("DELETE FROM subscriptions WHERE account = \(account) OR customer IN \(theirs)")
        try session.execute(
            "DELETE FROM invoice_refunds WHERE invoice IN (SELECT id FROM invoices WHERE customer IN \(theirs))")
        try session.execute("DELETE FROM invoices WHERE customer IN \(theirs)")
        try session.execute(
            """
            UPDATE webhook_events SET body = NULL, outcome = CASE WHEN outcome = 'waiting' THEN 'ignored' ELSE outcome END
            WHERE customer IN \(theirs)
            """)
        try session.execute("DELETE FROM customer_checks WHERE customer IN \(theirs)")
        try session.execute("DELETE FROM billing_customers WHERE account = \(account)")
    }

    private func stored(
        _ id: SubscriptionID, in session: any ReadSession
    ) throws(DatabaseError) -> StoredSubscription? {
        guard let row = try session.row("SELECT * FROM subscriptions WHERE id = \(id)") else { return nil }
        return try StoredSubscription(row)
    }
}
