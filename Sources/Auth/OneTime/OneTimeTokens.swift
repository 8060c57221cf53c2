import Storage

/// What a one-time token is good for.
struct OneTimeGrant: Sendable, Equatable {
    /// Where the token was mailed to.
    let email: EmailAddress
    /// Nil for an invitation, as who is invited has no account yet.
    let user: AccountID?
    /// Of an invitation: what the new user will be.
    let role: Role?
}

/// The rows of mailed links: one for each purpose and address, so that a new token ends the older one.
///
/// They hold no token: a copy of the database opens nothing.
public struct OneTimeTokens: Sendable {
    private let database: any Database
    let clock: any WallClock

    public init(_ database: any Database, clock: any WallClock = SystemClock()) {
        (self.database, self.clock) = (database, clock)
    }

    /// Forgets tokens that are too old; for the service's upkeep.
    ///
    /// - Returns: how many.
    @discardableResult
    public func removeExpired() async throws(AuthError) -> Int {
        let now = clock.now()
        return try await throwingAuthError {
            try await database.write { try $0.execute("DELETE FROM one_time_tokens WHERE expires_at <= \(now)") }
        }
    }

    /// A new token; the one that `email` had for this purpose is worth nothing from now on.
    ///
    /// - Parameter user: nil for a token that nobody will get. It is made where the user is not known, so that an
    ///   address takes the same work whether it is somebody's or not.
    func issue(
        _ purpose: OneTimePurpose, to email: EmailAddress, of user: AccountID?, role: Role? = nil,
        in session: any WriteSession
    ) throws -> OneTimeToken {
        let (token, now) = (OneTimeToken.random(), clock.now())
        try session.execute(
            """
            INSERT INTO one_time_tokens (purpose, email, user_id, role, hash, created_at, expires_at)
            VALUES (\(purpose), \(email), \(user), \(role), \(token.hash), \(now), \(now + purpose.life))
            ON CONFLICT (purpose, email) DO UPDATE SET user_id = excluded.user_id, role = excluded.role,
                hash = excluded.hash, created_at = excluded.created_at, expires_at = excluded.expires_at
            """)
        return token
    }

    /// What `token` is good for now, if it is for this purpose. It stays good: only ``redeem(_:_:in:)`` spends it.
    ///
    /// Found by its hash: the time a wrong one takes tells of hashes, and nobody finds a token by those.
    func find(
        _ token: OneTimeToken, _ purpose: OneTimePurpose, in session: any ReadSession
    ) throws -> OneTimeGrant? {
        try grant(session.row(query(token, purpose)))
    }

    /// Spends a token. Of two who come at once with the same, one gets the grant.
    ///
    /// - Returns: nil for one that is unknown, spent, expired, replaced by a newer one, or for something else.
    func redeem(
        _ token: OneTimeToken, _ purpose: OneTimePurpose, in session: any WriteSession
    ) throws -> OneTimeGrant? {
        guard let grant = try grant(session.row("\(query(token, purpose)) \(.forUpdate)")) else { return nil }
        let removed = try session.execute("DELETE FROM one_time_tokens WHERE hash = \(token.hash)")
        return removed == 1 ? grant : nil
    }

    /// Ends the token that `user` has for a purpose, if they have one.
    func end(_ purpose: OneTimePurpose, of user: AccountID, in session: any WriteSession) throws {
        try session.execute("DELETE FROM one_time_tokens WHERE user_id = \(user) AND purpose = \(purpose)")
    }

    private func query(_ token: OneTimeToken, _ purpose: OneTimePurpose) -> SQL {
        """
        SELECT email, user_id, role FROM one_time_tokens
        WHERE hash = \(token.hash) AND purpose = \(purpose) AND expires_at > \(clock.now())
        """
    }

    private func grant(_ row: Row?) throws -> OneTimeGrant? {
        try row.map {
            OneTimeGrant(
                email: try $0.get("email"), user: try $0.get(optional: "user_id"), role: try $0.get(optional: "role"))
        }
    }
}
