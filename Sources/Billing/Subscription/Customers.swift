import Storage

/// Which account is which customer of the provider: one each, for good.
public struct Customers: Sendable {
    public init() {}

    /// Notes that a customer is an account, for its subscriptions too.
    ///
    /// - Returns: false where the customer is another account's, or the account has another: nothing is changed then.
    public func link(
        _ customer: CustomerID, to account: AccountID, at now: Timestamp, in session: any WriteSession
    ) throws(DatabaseError) -> Bool {
        let isNew =
            try session.execute(
                """
                INSERT INTO billing_customers (customer, account, created_at) VALUES (\(customer), \(account), \(now))
                ON CONFLICT DO NOTHING
                """) > 0
        guard isNew else { return try self.account(of: customer, in: session) == account }
        try session.execute(
            "UPDATE subscriptions SET account = \(account) WHERE customer = \(customer) AND account IS NULL")
        return true
    }

    public func account(of customer: CustomerID, in session: any ReadSession) throws(DatabaseError) -> AccountID? {
        try session.row("SELECT account FROM billing_customers WHERE customer = \(customer)")?.get("account")
    }

    /// Whether it was the customer of an account that is gone.
    public func isForgotten(_ customer: CustomerID, in session: any ReadSession) throws(DatabaseError) -> Bool {
        try session.row("SELECT customer FROM forgotten_customers WHERE customer = \(customer)") != nil
    }

    public func customer(of account: AccountID, in session: any ReadSession) throws(DatabaseError) -> CustomerID? {
        try session.row("SELECT customer FROM billing_customers WHERE account = \(account)")?.get("customer")
    }
}
