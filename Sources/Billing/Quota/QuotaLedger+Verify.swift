import Storage

extension QuotaLedger {
    /// Proves that the ledger adds up: every entry sums up to 0, and all of them replayed give every balance and open hold.
    ///
    /// Reads everything once, a page at a time; in memory are a page and the open holds of one balance.
    ///
    /// - Parameter report: told each difference, however many there are.
    public func verify(
        in session: any ReadSession, each report: (QuotaDifference) throws -> Void = { _ in }
    ) throws -> QuotaAudit {
        var verification = QuotaVerification(session: session)
        try verification.run(report)
        return verification.audit
    }
}

private struct QuotaVerification {
    private static let page = 1000

    let session: any ReadSession
    var audit = QuotaAudit()
    private var replay: QuotaReplay?

    init(session: any ReadSession) {
        self.session = session
    }

    mutating func run(_ report: (QuotaDifference) throws -> Void) throws {
        try replayEntries(report)
        try checkBalancesWithoutEntries(report)
        try checkHolds(report)
        audit.balances = try count("SELECT COUNT(*) AS count FROM quota_balances")
        audit.holds = try count("SELECT COUNT(DISTINCT hold) AS count FROM quota_holds")
    }

    private mutating func replayEntries(_ report: (QuotaDifference) throws -> Void) throws {
        while true {
            let rows = try session.rows(
                """
                SELECT e.*, b.used AS kept_used, b.held AS kept_held, b.entries AS kept_entries
                FROM (
                    SELECT * FROM quota_entries \(after)
                    ORDER BY account, unit, period, number LIMIT \(Self.page)) AS e
                LEFT JOIN quota_balances AS b ON b.account = e.account AND b.unit = e.unit AND b.period = e.period
                ORDER BY e.account, e.unit, e.period, e.number
                """)
            for row in rows {
                let (account, unit, period): (String, String, String) =
                    (try row.get("account"), try row.get("unit"), try row.get("period"))
                if replay?.isOf(account, unit, period) != true {
                    try close(report)
                    replay = try QuotaReplay(account, unit, period, row)
                }
                for kind in try replay?.apply(row) ?? [] {
                    try note(kind, account, unit, period, report)
                }
                audit.entries += 1
            }
            if rows.count < Self.page { break }
        }
        try close(report)
    }

    /// The condition that goes on where the last page ended.
    private var after: SQL {
        guard let replay else { return "" }
        return """
            WHERE (account, unit, period, number)
                > (\(replay.account), \(replay.unit), \(replay.period), \(replay.number))
            """
    }

    /// Compares what the entries of one balance leave.
    private mutating func close(_ report: (QuotaDifference) throws -> Void) throws {
        guard let done = replay else { return }
        var kinds = done.differences
        for (hold, amount) in done.open.sorted(by: { $0.key ?? "" < $1.key ?? "" }) {
            let row = try hold.flatMap { hold in
                try session.row(
                    """
                    SELECT amount FROM quota_holds WHERE hold = \(hold) AND unit = \(done.unit)
                        AND account = \(done.account) AND period = \(done.period)
                    """)
            }
            let kept: Int = try row?.get("amount") ?? 0
            if kept != amount { kinds.append(.hold(name: hold, amount: kept, replayed: amount)) }
        }
        for kind in kinds { try note(kind, done.account, done.unit, done.period, report) }
        replay = nil
    }

    private mutating func checkBalancesWithoutEntries(_ report: (QuotaDifference) throws -> Void) throws {
        try session.each(
            """
            SELECT account, unit, period, used, held FROM quota_balances AS b
            WHERE (used <> 0 OR held <> 0 OR entries <> 0) AND NOT EXISTS (
                SELECT 1 FROM quota_entries AS e
                WHERE e.account = b.account AND e.unit = b.unit AND e.period = b.period)
            """
        ) { row in
            try note(
                .balance(
                    used: try row.get("used"), held: try row.get("held"), replayedUsed: 0, replayedHeld: 0), row, report
            )
        }
    }

    private mutating func checkHolds(_ report: (QuotaDifference) throws -> Void) throws {
        try session.each(
            """
            SELECT h.account, h.unit, h.period, h.total, COALESCE(b.held, 0) AS held
            FROM (
                SELECT account, unit, period, CAST(SUM(amount) AS BIGINT) AS total FROM quota_holds
                GROUP BY account, unit, period) AS h
            LEFT JOIN quota_balances AS b ON b.account = h.account AND b.unit = h.unit AND b.period = h.period
            WHERE h.total <> COALESCE(b.held, 0)
            """
        ) { row in
            try note(.holds(held: try row.get("held"), sum: try row.get("total")), row, report)
        }
    }

    private mutating func note(
        _ kind: QuotaDifference.Kind, _ row: Row, _ report: (QuotaDifference) throws -> Void
    ) throws {
        try note(kind, try row.get("account"), try row.get("unit"), try row.get("period"), report)
    }

    private mutating func note(
        _ kind: QuotaDifference.Kind, _ account: String, _ unit: String, _ period: String,
        _ report: (QuotaDifference) throws -> Void
    ) throws {
        let difference = QuotaDifference(account: account, unit: unit, period: period, kind: kind)
        audit.note(difference)
        try report(difference)
    }

    private func count(_ sql: SQL) throws -> Int { try session.row(sql)?.get("count") ?? 0 }
}
