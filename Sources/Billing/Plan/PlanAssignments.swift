import Storage

/// The plan that an account was given.
public struct AssignedPlan: Equatable, Sendable {
    public let name: String
    /// The newest at that time.
    public let version: Int
    public let since: Timestamp
    /// The operator's word: it stays, whatever the account pays for or stops to pay for.
    public let isFixed: Bool

    public init(_ name: String, version: Int = 1, since: Timestamp, isFixed: Bool = false) {
        (self.name, self.version, self.since, self.isFixed) = (name, version, since, isFixed)
    }
}

/// Which account was given which plan. What it pays for goes beyond that: ``PlanBook/entitlement(assigned:subscription:at:)``.
public struct PlanAssignments: Sendable {
    public init() {}

    /// - Parameters:
    ///   - version: of the plan; the account keeps it while the plan file has it. New holders get the newest.
    ///   - fixed: whether it stays, whatever the account pays for.
    public func assign(
        _ plan: String, version: Int, fixed: Bool = false, to account: AccountID, at now: Timestamp,
        in session: any WriteSession
    ) throws(DatabaseError) {
        try session.execute(
            """
            INSERT INTO account_plans (account, plan, version, fixed, since)
            VALUES (\(account), \(plan), \(version), \(fixed), \(now))
            ON CONFLICT (account) DO UPDATE SET
                plan = excluded.plan, version = excluded.version, fixed = excluded.fixed, since = excluded.since
            """)
    }

    /// Nil when the account was never given one.
    public func assigned(
        to account: AccountID, in session: any ReadSession
    ) throws(DatabaseError) -> AssignedPlan? {
        guard
            let row = try session.row(
                "SELECT plan, version, fixed, since FROM account_plans WHERE account = \(account)")
        else { return nil }
        return AssignedPlan(
            try row.get("plan"), version: try row.get("version"), since: try row.get("since"),
            isFixed: try row.get("fixed"))
    }

    /// Nil when the account was never given one.
    public func planName(of account: AccountID, in session: any ReadSession) throws(DatabaseError) -> String? {
        try assigned(to: account, in: session)?.name
    }

    public func remove(of account: AccountID, in session: any WriteSession) throws(DatabaseError) {
        try session.execute("DELETE FROM account_plans WHERE account = \(account)")
    }
}
