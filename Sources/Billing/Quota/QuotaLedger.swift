import Storage

/// Counts what accounts use against what their plans allow, exactly, whatever runs at once.
///
/// An amount is first held, then committed or released. The limit is a condition of the statement that takes the hold,
/// so two callers can never both get the last unit. A hold with an expiry is given back when it runs out; one without
/// is owned by a job and ends with it. What is held is settled in the window that it was taken in, whatever time it is then.
///
/// Every change is an entry of a double-entry ledger that is only appended to: its amounts sum up to 0, and from all of them
/// the balances follow (``verify(in:each:)``). Every row that is decided on is held by the deciding statement, so
/// ``WriteIsolation/readCommitted`` is enough for transactions that do nothing else.
public struct QuotaLedger: Sendable {
    /// Hears of thresholds in the transaction that reaches them.
    public typealias Notify = @Sendable (QuotaThreshold, any WriteSession) throws -> Void

    let clock: any WallClock
    let notify: Notify

    public init(clock: any WallClock = SystemClock(), notify: @escaping Notify = { _, _ in }) {
        (self.clock, self.notify) = (clock, notify)
    }

    /// Holds every amount, or none: the caller's transaction must not be kept when this throws.
    ///
    /// Amounts of the same unit are added.
    ///
    /// - Throws: ``QuotaExceeded`` for the first unit, by name, of which there is not enough;
    ///   ``QuotaAmountError/outOfRange(_:_:)``.
    public func reserve(
        _ hold: HoldID, _ amounts: [(unit: QuotaUnit, amount: Int)], for account: AccountID,
        under entitlement: Entitlement, expiresIn life: Duration?, in session: any WriteSession
    ) throws {
        let now = clock.now()
        var entries: [QuotaEntry] = []
        for (unit, amount) in try Self.sums(amounts).sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let place = QuotaPlace(account: account, unit: unit, period: unit.window(at: now, under: entitlement).name)
            let entry = QuotaEntry(place: place, reason: .reserve, hold: hold, held: amount)
            entries.append(try take(entry, under: entitlement, at: now, in: session))
        }
        guard !entries.isEmpty else { return }
        let expiry = life.map { now + $0 }
        let rows = entries.map { entry -> SQL in
            let place = entry.place
            return "(\(hold), \(place.account), \(place.unit), \(place.period), \(entry.held), \(expiry))"
        }
        try session.execute(
            "INSERT INTO quota_holds (hold, account, unit, period, amount, expires_at) VALUES \(list: rows)")
        try QuotaEntry.append(entries, at: now, in: session)
    }

    /// Makes a hold's amount exact: gives back what is too much, takes what is missing.
    ///
    /// - Throws: ``QuotaExceeded`` if there is not enough; ``HoldGone`` if the hold ran out meanwhile, or never had any of
    ///   the unit; ``QuotaAmountError/outOfRange(_:_:)``.
    public func adjust(
        _ hold: HoldID, _ unit: QuotaUnit, to amount: Int, under entitlement: Entitlement,
        in session: any WriteSession
    ) throws {
        guard amount >= 0 else { throw QuotaAmountError.outOfRange(unit, amount) }
        let row = try session.row("SELECT * FROM quota_holds WHERE hold = \(hold) AND unit = \(unit) \(.forUpdate)")
        guard let line = try row.map(HeldAmount.init) else { throw HoldGone() }
        guard amount != line.amount else { return }
        let now = clock.now()
        var entry = QuotaEntry(place: line.place, reason: .adjust, hold: hold, held: amount - line.amount)
        entry =
            if entry.held > 0 {
                try take(entry, under: entitlement, at: now, in: session)
            } else {
                try move(entry, at: now, in: session)
            }
        try session.execute("UPDATE quota_holds SET amount = \(amount) WHERE hold = \(hold) AND unit = \(unit)")
        try QuotaEntry.append([entry], at: now, in: session)
    }

    /// What was held is used.
    ///
    /// - Throws: ``HoldGone`` if the hold has ended before: nothing is ever counted twice.
    public func commit(_ hold: HoldID, in session: any WriteSession) throws {
        let lines = try end(hold, in: session)
        guard !lines.isEmpty else { throw HoldGone() }
        try record(
            lines.map { QuotaEntry(place: $0.place, reason: .commit, hold: hold, held: -$0.amount, used: $0.amount) },
            in: session)
    }

    /// So much is used, whatever was held: the work is done, even if it was more than the limit allows. Units that are not
    /// named are used as they were held.
    ///
    /// - Throws: ``HoldGone`` if the hold has ended before; ``QuotaAmountError/notHeld(_:)`` for a unit that was not
    ///   reserved, ``QuotaAmountError/outOfRange(_:_:)``: the transaction must not be kept then.
    public func settle(
        _ hold: HoldID, to actual: [(unit: QuotaUnit, amount: Int)], in session: any WriteSession
    ) throws {
        let sums = try Self.sums(actual)
        let lines = try end(hold, in: session)
        guard !lines.isEmpty else { throw HoldGone() }
        for (unit, _) in actual where !lines.contains(where: { $0.place.unit == unit }) {
            throw QuotaAmountError.notHeld(unit)
        }
        let entries = lines.map { line in
            let used = sums[line.place.unit] ?? line.amount
            return QuotaEntry(place: line.place, reason: .settle, hold: hold, held: -line.amount, used: used)
        }
        try record(entries, in: session)
    }

    /// What was held is free again. Releasing a hold that has ended changes nothing.
    public func release(_ hold: HoldID, in session: any WriteSession) throws {
        let lines = try end(hold, in: session)
        try record(
            lines.map { QuotaEntry(place: $0.place, reason: .release, hold: hold, held: -$0.amount) }, in: session)
    }

    private static func sums(_ amounts: [(unit: QuotaUnit, amount: Int)]) throws -> [QuotaUnit: Int] {
        try amounts.reduce(into: [:]) { sums, line in
            let (sum, overflow) = sums[line.unit, default: 0].addingReportingOverflow(line.amount)
            guard line.amount >= 0, !overflow else { throw QuotaAmountError.outOfRange(line.unit, line.amount) }
            sums[line.unit] = sum
        }
    }

    private func end(_ hold: HoldID, in session: any WriteSession) throws -> [HeldAmount] {
        try session.rows("DELETE FROM quota_holds WHERE hold = \(hold) RETURNING *").map(HeldAmount.init)
    }
}

/// A reservation.
public enum Hold {}

public typealias HoldID = Identifier<Hold>
