import Storage

/// Counts what accounts use against what their plans allow, exactly, whatever runs at once.
///
/// An amount is first held, then committed or released. The limit is a condition of the statement that takes the hold,
/// so two callers can never both get the last unit. A hold with an expiry is given back when it runs out; one without
/// is owned by a job and ends with it.
public struct QuotaLedger: Sendable {
    private let clock: any WallClock

    public init(clock: any WallClock = SystemClock()) {
        self.clock = clock
    }

    /// Holds every amount, or none: the caller's transaction must not be kept when this throws.
    ///
    /// - Throws: ``QuotaExceeded`` for the first unit of which there is not enough.
    public func reserve(
        _ hold: HoldID, _ amounts: [(unit: QuotaUnit, amount: Int)], for account: AccountID, on plan: Plan,
        expiresIn life: Duration?, in session: any WriteSession
    ) throws {
        let now = clock.now()
        for (unit, amount) in amounts {
            let period = unit.period(at: now)
            try take(amount, of: unit, period, for: account, limit: unit.limit(in: plan), at: now, in: session)
            try session.execute(
                """
                INSERT INTO quota_holds (hold, account, unit, period, amount, expires_at)
                VALUES (\(hold), \(account), \(unit), \(period), \(amount), \(life.map { now + $0 }))
                """)
        }
    }

    /// Makes a hold's amount exact: gives back what is too much, takes what is missing.
    ///
    /// - Throws: ``QuotaExceeded`` if there is not enough; ``HoldGone`` if the hold ran out meanwhile.
    public func adjust(
        _ hold: HoldID, _ unit: QuotaUnit, to amount: Int, on plan: Plan, in session: any WriteSession
    ) throws {
        guard let line = try lines(of: hold, in: session).first(where: { $0.unit == unit }) else { throw HoldGone() }
        if amount > line.amount {
            try take(
                amount - line.amount, of: unit, line.period, for: line.account, limit: unit.limit(in: plan),
                at: clock.now(), in: session)
        } else {
            try move(held: amount - line.amount, used: 0, line, in: session)
        }
        try session.execute(
            "UPDATE quota_holds SET amount = \(amount) WHERE hold = \(hold) AND unit = \(unit)")
    }

    /// Puts a hold's expiry off.
    ///
    /// - Throws: ``HoldGone`` if it ran out meanwhile.
    public func renew(_ hold: HoldID, for life: Duration, in session: any WriteSession) throws {
        let changed = try session.execute(
            "UPDATE quota_holds SET expires_at = \(clock.now() + life) WHERE hold = \(hold)")
        guard changed > 0 else { throw HoldGone() }
    }

    /// Ends a hold's expiry: from now on a job owns it.
    ///
    /// - Throws: ``HoldGone`` if it ran out meanwhile.
    public func handOver(_ hold: HoldID, in session: any WriteSession) throws {
        let changed = try session.execute("UPDATE quota_holds SET expires_at = NULL WHERE hold = \(hold)")
        guard changed > 0 else { throw HoldGone() }
    }

    /// What was held is used.
    ///
    /// - Throws: ``HoldGone`` if the hold has ended before: nothing is ever counted twice.
    public func commit(_ hold: HoldID, in session: any WriteSession) throws {
        let lines = try end(hold, in: session)
        guard !lines.isEmpty else { throw HoldGone() }
        for line in lines { try move(held: -line.amount, used: line.amount, line, in: session) }
    }

    /// What was held is free again. Releasing a hold that has ended changes nothing.
    public func release(_ hold: HoldID, in session: any WriteSession) throws {
        for line in try end(hold, in: session) { try move(held: -line.amount, used: 0, line, in: session) }
    }

    /// Gives back used amounts of a gauge, as when a sample is deleted.
    public func free(_ amount: Int, of unit: QuotaUnit, for account: AccountID, in session: any WriteSession) throws {
        let line = Line(account: account, unit: unit, period: unit.period(at: clock.now()), amount: amount)
        try move(held: 0, used: -amount, line, in: session)
    }

    /// Releases the holds that ran out.
    /// - Returns: how many.
    @discardableResult
    public func releaseExpired(in session: any WriteSession) throws -> Int {
        try releaseAll("expires_at <= \(clock.now())", in: session)
    }

    /// Releases every hold that no job owns: for the start of a server that knows itself to be the only one.
    @discardableResult
    public func releaseUnowned(in session: any WriteSession) throws -> Int {
        try releaseAll("expires_at IS NOT NULL", in: session)
    }

    public func isHeld(_ hold: HoldID, in session: any ReadSession) throws(DatabaseError) -> Bool {
        try session.row("SELECT hold FROM quota_holds WHERE hold = \(hold) LIMIT 1") != nil
    }

    /// What an account has used and held in the present windows.
    public func balances(of account: AccountID, in session: any ReadSession) throws(DatabaseError) -> [QuotaBalance] {
        let now = clock.now()
        var balances: [QuotaBalance] = []
        for unit in QuotaUnit.allCases {
            let row = try session.row(
                """
                SELECT used, held FROM quota_balances
                WHERE account = \(account) AND unit = \(unit) AND period = \(unit.period(at: now))
                """)
            balances.append(
                QuotaBalance(
                    unit: unit, used: try row?.get("used") ?? 0, held: try row?.get("held") ?? 0,
                    resetsAt: unit.reset(after: now)))
        }
        return balances
    }

    private func take(
        _ amount: Int, of unit: QuotaUnit, _ period: String, for account: AccountID, limit: Int?, at now: Timestamp,
        in session: any WriteSession
    ) throws {
        try session.execute(
            """
            INSERT INTO quota_balances (account, unit, period, used, held)
            VALUES (\(account), \(unit), \(period), 0, 0) ON CONFLICT DO NOTHING
            """)
        let taken = try session.execute(
            """
            UPDATE quota_balances SET held = held + \(amount)
            WHERE account = \(account) AND unit = \(unit) AND period = \(period)
                AND used + held <= \((limit ?? .max) - max(0, amount))
            """)
        guard taken == 0 else { return }
        let row = try session.row(
            """
            SELECT used + held AS taken FROM quota_balances
            WHERE account = \(account) AND unit = \(unit) AND period = \(period)
            """)
        throw QuotaExceeded(
            unit: unit, limit: limit ?? Int.max, taken: try row?.get("taken") ?? 0, requested: amount,
            resetsAt: unit.reset(after: now))
    }

    private struct Line {
        let account: AccountID
        let unit: QuotaUnit
        let period: String
        let amount: Int
    }

    private func move(held: Int, used: Int, _ line: Line, in session: any WriteSession) throws {
        try session.execute(
            """
            UPDATE quota_balances SET held = held + \(held), used = used + \(used)
            WHERE account = \(line.account) AND unit = \(line.unit) AND period = \(line.period)
            """)
    }

    private func lines(of hold: HoldID, in session: any ReadSession) throws -> [Line] {
        try session.rows("SELECT * FROM quota_holds WHERE hold = \(hold)").map(line)
    }

    private func end(_ hold: HoldID, in session: any WriteSession) throws -> [Line] {
        try session.rows("DELETE FROM quota_holds WHERE hold = \(hold) RETURNING *").map(line)
    }

    private func line(_ row: Row) throws -> Line {
        Line(
            account: try row.get("account"), unit: try row.get("unit"), period: try row.get("period"),
            amount: try row.get("amount"))
    }

    private func releaseAll(_ condition: SQL, in session: any WriteSession) throws -> Int {
        let lines = try session.rows(
            "DELETE FROM quota_holds WHERE expires_at IS NOT NULL AND \(condition) RETURNING *"
        ).map(line)
        for line in lines { try move(held: -line.amount, used: 0, line, in: session) }
        return lines.count
    }
}

/// A reservation.
public enum Hold {}

public typealias HoldID = Identifier<Hold>

/// The hold ran out, or has ended before.
public struct HoldGone: Error, Equatable, Sendable {}

public struct QuotaBalance: Equatable, Sendable {
    public let unit: QuotaUnit
    public let used: Int
    public let held: Int
    public let resetsAt: Timestamp?
}
