import Storage

/// Which account has which plan.
public struct PlanAssignments: Sendable {
    public init() {}

    public func assign(
        _ plan: String, to account: AccountID, at now: Timestamp, in session: any WriteSession
    )
        throws(DatabaseError)
    {
        try session.execute(
            """
            INSERT INTO account_plans (account, plan, since) VALUES (\(account), \(plan), \(now))
            ON CONFLICT (account) DO UPDATE SET plan = excluded.plan, since = excluded.since
            """)
    }

    /// Nil when the account was never given one.
    public func planName(of account: AccountID, in session: any ReadSession) throws(DatabaseError) -> String? {
        try session.row("SELECT plan FROM account_plans WHERE account = \(account)")?.get("plan")
    }

    public func remove(of account: AccountID, in session: any WriteSession) throws(DatabaseError) {
        try session.execute("DELETE FROM account_plans WHERE account = \(account)")
    }
}
