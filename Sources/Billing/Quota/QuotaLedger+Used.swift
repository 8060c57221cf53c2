import Storage

extension QuotaLedger {
    /// Gives back used amounts of a gauge, as when a sample is deleted.
    ///
    /// - Throws: ``QuotaAmountError``; the transaction must not be kept then.
    public func free(_ amount: Int, of unit: QuotaUnit, for account: AccountID, in session: any WriteSession) throws {
        precondition(unit.cycle == .gauge, "what was used in a window stays used: correct it where it was wrong")
        guard amount >= 0 else { throw QuotaAmountError.outOfRange(unit, amount) }
        let place = QuotaPlace(account: account, unit: unit, period: QuotaWindow.gauge.name)
        try record([QuotaEntry(place: place, reason: .free, used: -amount)], in: session)
    }

    /// Gives back what was deleted: all of it, or what is left where the operator has corrected the count meanwhile. What is
    /// deleted is gone whatever was counted.
    public func freeDeleted(
        _ amount: Int, of unit: QuotaUnit, for account: AccountID, in session: any WriteSession
    ) throws {
        let place = QuotaPlace(account: account, unit: unit, period: QuotaWindow.gauge.name)
        let used: Int =
            try session.row("SELECT used FROM quota_balances WHERE \(place.condition) \(.forUpdate)")?.get("used") ?? 0
        guard min(amount, used) > 0 else { return }
        try free(min(amount, used), of: unit, for: account, in: session)
    }

    /// Adds to what is used in the present window, or takes away: the operator's word, whatever the limit is.
    ///
    /// - Parameter reason: kept with the entry.
    /// - Throws: ``QuotaAmountError``; the transaction must not be kept then.
    public func correct(
        _ unit: QuotaUnit, by amount: Int, of account: AccountID, under entitlement: Entitlement, reason: String,
        in session: any WriteSession
    ) throws {
        guard amount != .min else { throw QuotaAmountError.outOfRange(unit, amount) }
        let window = unit.window(at: clock.now(), under: entitlement)
        let place = QuotaPlace(account: account, unit: unit, period: window.name)
        try session.execute(
            """
            INSERT INTO quota_balances (account, unit, period, used, held, entries, ceiling, told)
            VALUES (\(account), \(unit), \(place.period), 0, 0, 0, \(unit.limit(in: entitlement)), 0) ON CONFLICT DO NOTHING
            """)
        let entry = QuotaEntry(place: place, reason: .correct, used: amount, correction: -amount, note: reason)
        try record([entry], in: session)
    }

    /// What an account has used and held in the present windows: every unit, in one statement.
    public func balances(
        of account: AccountID, under entitlement: Entitlement, in session: any ReadSession
    ) throws(DatabaseError) -> [QuotaBalance] {
        let now = clock.now()
        var (balances, windows): ([QuotaUnit: (used: Int, held: Int)], [QuotaUnit: QuotaWindow]) = ([:], [:])
        for unit in QuotaUnit.allCases { windows[unit] = unit.window(at: now, under: entitlement) }
        // A row each: engines look every one of them up by the whole key.
        let conditions = windows.keys.sorted { $0.rawValue < $1.rawValue }.map { unit -> SQL in
            let place = QuotaPlace(account: account, unit: unit, period: windows[unit]?.name ?? "")
            return "(\(place.condition))"
        }
        let any = conditions.dropFirst().reduce(conditions[0]) { "\($0) OR \($1)" }
        for row in try session.rows("SELECT unit, used, held FROM quota_balances WHERE \(any)") {
            let unit: QuotaUnit = try row.get("unit")
            balances[unit] = (try row.get("used"), try row.get("held"))
        }
        return QuotaUnit.allCases.map { unit in
            QuotaBalance(
                unit: unit, used: balances[unit]?.used ?? 0, held: balances[unit]?.held ?? 0,
                limit: unit.limit(in: entitlement), resetsAt: windows[unit]?.resetsAt)
        }
    }
}
