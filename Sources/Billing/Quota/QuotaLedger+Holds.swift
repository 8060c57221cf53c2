import Storage

extension QuotaLedger {
    /// The most holds that one call of ``releaseExpired(upTo:in:)`` gives back.
    public static let largestRelease = 200

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

    public func isHeld(_ hold: HoldID, in session: any ReadSession) throws(DatabaseError) -> Bool {
        try session.row("SELECT hold FROM quota_holds WHERE hold = \(hold) LIMIT 1") != nil
    }

    /// Whether anything is held for an account, in any window.
    public func hasHolds(_ account: AccountID, in session: any ReadSession) throws(DatabaseError) -> Bool {
        try session.row(
            "SELECT account FROM quota_balances WHERE account = \(account) AND held > 0 LIMIT 1") != nil
    }

    /// Releases holds that ran out, those first that did so first.
    ///
    /// - Parameter limit: amounts to release at most, but for the rest of a hold; ``largestRelease`` where it is larger.
    /// - Returns: how many amounts were released; 0 when none is left, until when it should be called again.
    @discardableResult
    public func releaseExpired(upTo limit: Int = largestRelease, in session: any WriteSession) throws -> Int {
        let now = clock.now()
        return try releaseSome("expires_at <= \(now)", upTo: limit, in: session)
    }

    /// Releases every hold that no job owns: for the start of a server that knows itself to be the only one.
    @discardableResult
    public func releaseUnowned(in session: any WriteSession) throws -> Int {
        var released = 0
        while true {
            let some = try releaseSome("expires_at IS NOT NULL", upTo: Self.largestRelease, in: session)
            if some == 0 { return released }
            released += some
        }
    }

    private func releaseSome(_ condition: SQL, upTo limit: Int, in session: any WriteSession) throws -> Int {
        // The condition again: whoever renewed a hold meanwhile keeps it. A hold's amounts run out together.
        let lines = try session.rows(
            """
            DELETE FROM quota_holds WHERE expires_at IS NOT NULL AND \(condition) AND hold IN (
                SELECT hold FROM quota_holds WHERE expires_at IS NOT NULL AND \(condition)
                ORDER BY expires_at LIMIT \(min(max(limit, 1), Self.largestRelease)))
            RETURNING *
            """
        ).map(HeldAmount.init)
        try record(
            lines.map { QuotaEntry(place: $0.place, reason: .expire, hold: $0.hold, held: -$0.amount) }, in: session)
        return lines.count
    }
}

/// One amount of a hold.
struct HeldAmount {
    let hold: HoldID
    let place: QuotaPlace
    let amount: Int

    init(_ row: Row) throws(DatabaseError) {
        (hold, place, amount) = (try row.get("hold"), try QuotaPlace(row), try row.get("amount"))
    }
}
