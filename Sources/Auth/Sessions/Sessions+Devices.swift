import Storage

/// What a user sees of their sessions, and ends.
extension Sessions {
    /// The most that are listed.
    public static let mostListed = 200

    /// The live sessions of `user`, the last used first: at most ``mostListed``.
    public func list(of user: AccountID, in session: any ReadSession) throws -> [Session] {
        let now = clock.now()
        let rows = try session.rows(
            """
            SELECT \(Session.columns) FROM sessions
            WHERE user_id = \(user) AND revoked_at IS NULL AND expires_at > \(now)
                AND COALESCE(used_at, sessions.created_at) > \(now - idleLife)
            ORDER BY COALESCE(used_at, sessions.created_at) DESC, sessions.id LIMIT \(Self.mostListed)
            """)
        return try rows.map { try Session($0, idleLife: idleLife) }
    }

    public func list(of user: AccountID) async throws(AuthError) -> [Session] {
        try await throwingAuthError { try await database.read { try list(of: user, in: $0) } }
    }

    /// Ends every session of `user`, as after a change of the password.
    ///
    /// - Parameter kept: the one that goes on: that of the device where the user asked for it.
    /// - Returns: how many were ended.
    @discardableResult
    public func revokeAll(
        of user: AccountID, except kept: Identifier<Session>? = nil, in session: any WriteSession
    ) throws -> Int {
        let others: SQL = if let kept { "AND id <> \(kept)" } else { "" }
        return try session.execute(
            """
            UPDATE sessions SET revoked_at = \(clock.now())
            WHERE user_id = \(user) AND revoked_at IS NULL \(others)
            """)
    }

    /// Records that a session is in use, unless that was done within ``LastUse/interval``.
    ///
    /// What could not be recorded is no reason to turn a request away: the next one tries again.
    func recordUse(of used: Session) async {
        let now = clock.now()
        guard LastUse.isDue(after: used.usedAt, at: now) else { return }
        // One statement that holds its row: many requests at once wait for each other and are not undone.
        _ = try? await database.write(.readCommitted) { try recordUse(of: used.id, at: now, in: $0) }
    }

    /// Of requests that come at once, one changes the row.
    func recordUse(of used: Identifier<Session>, at now: Timestamp, in session: any WriteSession) throws {
        try session.execute(
            """
            UPDATE sessions SET used_at = \(now)
            WHERE id = \(used) AND COALESCE(used_at, created_at) <= \(now - LastUse.interval)
            """)
    }
}
