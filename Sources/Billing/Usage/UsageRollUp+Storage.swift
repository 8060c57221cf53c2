import Storage

extension UsageRollUp {
    /// How far back days are filled that nobody looked at, as after a year without a server.
    static let longestGap: Int64 = 400

    /// Counts what accounts store, for the days that are over: for each its bytes as they are when it is looked at, which is
    /// soon after midnight where the schedule is hourly. Days without a server get what was stored last, as nothing could
    /// change meanwhile. The first day that counts is that of the first call.
    ///
    /// - Parameter limit: accounts in this transaction.
    /// - Returns: how many were looked at, and whether there is no more to do.
    public func takeStorage(
        atMost limit: Int, in session: any WriteSession
    ) throws -> (accounts: Int, isOver: Bool) {
        let today = UTCDay(clock.now())
        try session.execute(
            """
            INSERT INTO usage_marks (name, day, account) VALUES ('storage', \(today), '') ON CONFLICT (name) DO NOTHING
            """)
        guard
            let mark = try session.row(
                "SELECT day, account FROM usage_marks WHERE name = 'storage' \(.forUpdate)")
        else { throw DatabaseError.unexpected("the mark of storage went while it was held") }
        let (marked, last): (UTCDay, String) = (try mark.get("day"), try mark.get("account"))
        let day = max(marked, today.advanced(by: -Self.longestGap))
        // A clock that went back: what was counted is not counted again.
        guard day < today else { return (0, true) }
        let rows = try session.rows(
            """
            SELECT account, used FROM quota_balances
            WHERE unit = 'storage_bytes' AND period = 'all' AND account > \(day == marked ? last : "")
            ORDER BY account LIMIT \(limit)
            """)
        for row in rows { try take(row, on: day, in: session) }
        let reached: String? = try rows.last?.get("account")
        if let reached, rows.count == limit {
            try move(to: day, reached, in: session)
        } else {
            try move(to: day.advanced(by: 1), "", in: session)
        }
        return (rows.count, false)
    }

    private func take(_ row: Row, on day: UTCDay, in session: any WriteSession) throws {
        let (account, bytes): (AccountID, Int) = (try row.get("account"), try row.get("used"))
        guard bytes > 0 else { return }
        let cost = prices.storageCost(byteDays: bytes)
        try session.execute(
            """
            INSERT INTO usage_days (account, day, feature, detail, amount, input_tokens, output_tokens, count,
                cost_microusd, cost_rest)
            VALUES (\(account), \(day), \(UsageFeature.storage), '', \(bytes), 0, 0, 1, \(cost.whole.count),
                \(cost.rest))
            ON CONFLICT (account, day, feature, detail) DO NOTHING
            """)
    }

    private func move(to day: UTCDay, _ account: String, in session: any WriteSession) throws {
        try session.execute(
            "UPDATE usage_marks SET day = \(day), account = \(account) WHERE name = 'storage'")
    }
}
