import Storage

/// The statements that change balances: each with its own condition, so that none is ever passed.
extension QuotaLedger {
    /// Takes what the entry holds, if the limit allows it.
    ///
    /// - Returns: the entry with its number, yet to be appended.
    func take(
        _ entry: QuotaEntry, under entitlement: Entitlement, at now: Timestamp, in session: any WriteSession
    ) throws -> QuotaEntry {
        let (place, amount) = (entry.place, entry.held)
        let limit = place.unit.limit(in: entitlement)
        let ceiling = limit ?? .max
        guard amount <= ceiling,
            let row = try session.row(
                """
                INSERT INTO quota_balances AS balance (account, unit, period, used, held, entries, ceiling, told)
                VALUES (\(place.account), \(place.unit), \(place.period), 0, \(amount), 1, \(limit), 0)
                ON CONFLICT (account, unit, period)
                DO UPDATE SET held = balance.held + \(amount), entries = balance.entries + 1
                WHERE balance.used + balance.held <= \(ceiling - amount)
                RETURNING \(QuotaStanding.columns)
                """)
        else {
            let standing = try standing(place, in: session)
            throw QuotaExceeded(
                unit: place.unit, limit: ceiling, taken: standing.map { $0.used + $0.held } ?? 0, requested: amount,
                resetsAt: place.unit.window(at: now, under: entitlement).resetsAt)
        }
        let standing = try QuotaStanding(row)
        try tell(standing, place, limit: limit, at: now, in: session)
        return entry.numbered(standing.entries)
    }

    /// Changes what is held and used as the entry says, whatever the limit is, but never below 0.
    ///
    /// - Returns: the entry with its number, yet to be appended.
    func move(_ entry: QuotaEntry, at now: Timestamp, in session: any WriteSession) throws -> QuotaEntry {
        let place = entry.place
        let row = try session.row(
            """
            UPDATE quota_balances
            SET held = held + \(entry.held), used = used + \(entry.used), entries = entries + 1
            WHERE \(place.condition) AND held >= \(max(0, -entry.held)) AND used >= \(max(0, -entry.used))
                AND used + held <= \(Int.max - max(0, entry.held + entry.used))
            RETURNING \(QuotaStanding.columns)
            """)
        guard let row else { throw try refusal(of: entry, in: session) }
        let standing = try QuotaStanding(row)
        try tell(standing, place, limit: standing.ceiling, at: now, in: session)
        return entry.numbered(standing.entries)
    }

    /// Moves and appends, in the order in which balances are locked.
    func record(_ entries: [QuotaEntry], in session: any WriteSession) throws {
        let now = clock.now()
        let sorted = entries.sorted { QuotaPlace.precedes($0.place, $1.place) }
        try QuotaEntry.append(try sorted.map { try move($0, at: now, in: session) }, at: now, in: session)
    }

    /// The row is the transaction's own by now: what is decided here stays true until it is kept.
    private func tell(
        _ standing: QuotaStanding, _ place: QuotaPlace, limit: Int?, at now: Timestamp, in session: any WriteSession
    ) throws {
        let told = QuotaThreshold.told(after: standing, of: place.unit, limit: limit)
        guard told != standing.told || limit != standing.ceiling else { return }
        try session.execute(
            "UPDATE quota_balances SET told = \(told), ceiling = \(limit) WHERE \(place.condition)")
        guard told > standing.told, let limit else { return }
        let threshold = QuotaThreshold(
            account: place.account, unit: place.unit, period: place.period, percent: told, used: standing.used,
            limit: limit, reachedAt: now)
        try notify(threshold, session)
    }

    private func refusal(of entry: QuotaEntry, in session: any ReadSession) throws -> any Error {
        let unit = entry.place.unit
        let standing = try standing(entry.place, in: session)
        let (used, held) = (standing?.used ?? 0, standing?.held ?? 0)
        if used < -entry.used { return QuotaAmountError.moreThanUsed(unit, used: used, asked: -entry.used) }
        guard standing != nil, held >= -entry.held else {
            return DatabaseError.unexpected("a quota balance holds less than its holds: verify the ledger")
        }
        return QuotaAmountError.outOfRange(unit, entry.used)
    }

    private func standing(_ place: QuotaPlace, in session: any ReadSession) throws -> QuotaStanding? {
        try session.row("SELECT \(QuotaStanding.columns) FROM quota_balances WHERE \(place.condition)")
            .map(QuotaStanding.init)
    }
}

extension QuotaEntry {
    func numbered(_ number: Int) -> QuotaEntry {
        var entry = self
        entry.number = number
        return entry
    }
}
