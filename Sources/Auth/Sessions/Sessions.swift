import Storage

/// The sessions' rows. A token or cookie lives as long as its row says, on every machine that reads the database.
///
/// The forms that take a session of the database throw its ``DatabaseError`` as it is (see ``Users``).
public struct Sessions: Sendable {
    /// 7 days (AT-9).
    public static let standardLife = Duration.seconds(7 * 24 * 60 * 60)

    let database: any Database
    let clock: any WallClock
    private let life: Duration
    let idleLife: Duration

    /// - Parameters:
    ///   - life: after so long a session ends, however much it is used. Of sessions to come.
    ///   - idleLife: a session not used for so long ends, give or take ``LastUse/interval``; longer than that. Of all
    ///     sessions, also those that are. The standard is the whole life: none ends early.
    public init(
        _ database: any Database, clock: any WallClock = SystemClock(), life: Duration = standardLife,
        idleLife: Duration = standardLife
    ) {
        precondition(life > .zero, "a session lives for some time")
        precondition(idleLife > LastUse.interval, "uses are not recorded often enough for a shorter idle life")
        (self.database, self.clock, self.life, self.idleLife) = (database, clock, life, idleLife)
    }

    /// A new session under a new name; nothing of an older one is taken over.
    ///
    /// - Throws: ``AuthError/accountDisabled``.
    public func start(
        for user: AccountID, on device: DeviceName? = nil, in session: any WriteSession
    ) throws -> Session {
        guard try !isDisabled(user, in: session) else { throw AuthError.accountDisabled }
        let started = Session(for: user, on: device, at: clock.now(), life: life, idleLife: idleLife)
        try session.execute(
            """
            INSERT INTO sessions (id, user_id, device, created_at, used_at, expires_at)
            VALUES (\(started.id), \(user), \(device), \(started.createdAt), \(started.usedAt), \(started.expiresAt))
            """)
        return started
    }

    private func isDisabled(_ user: AccountID, in session: any ReadSession) throws -> Bool {
        try session.row("SELECT 1 AS one FROM users WHERE id = \(user) AND disabled_at IS NOT NULL") != nil
    }

    /// The session if it is `user`'s, live now, and the user exists and is not disabled: one statement.
    public func findLive(
        _ id: Identifier<Session>, of user: AccountID, in session: any ReadSession
    ) throws -> Session? {
        try findLiveWithRole(id, of: user, in: session)?.session
    }

    /// As ``findLive(_:of:in:)``, with what the user is now.
    func findLiveWithRole(
        _ id: Identifier<Session>, of user: AccountID, in session: any ReadSession
    ) throws -> (session: Session, role: Role)? {
        let row = try session.row(
            """
            SELECT \(Session.columns), role FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE sessions.id = \(id) AND user_id = \(user) AND disabled_at IS NULL
            """)
        guard let row, let live = try live(row) else { return nil }
        return (live, try row.get("role"))
    }

    /// Which of these are live now, and of users who are not disabled.
    public func live(
        among ids: Set<Identifier<Session>>, in session: any ReadSession
    ) throws -> Set<Identifier<Session>> {
        try ids.inParts { some in
            try session.rows(
                """
                SELECT \(Session.columns), role FROM sessions JOIN users ON users.id = sessions.user_id
                WHERE sessions.id IN (\(list: some)) AND disabled_at IS NULL
                """
            ).compactMap { try live($0)?.id }
        }
    }

    func live(_ row: Row?) throws -> Session? {
        let now = clock.now()
        return try row.map { try Session($0, idleLife: idleLife) }.flatMap { $0.isLive(at: now) ? $0 : nil }
    }

    /// Ends a session of `user`; anybody else's is left alone. Ending one twice is harmless.
    ///
    /// - Returns: whether there was one to end.
    @discardableResult
    public func revoke(_ id: Identifier<Session>, of user: AccountID, in session: any WriteSession) throws -> Bool {
        try session.execute(
            """
            UPDATE sessions SET revoked_at = \(clock.now())
            WHERE id = \(id) AND user_id = \(user) AND revoked_at IS NULL
            """) == 1
    }

    /// Forgets sessions that are over; for the service's upkeep. Those that were signed out or idle go when their whole
    /// life is over.
    /// - Returns: how many.
    @discardableResult
    public func removeExpired() async throws(AuthError) -> Int {
        let now = clock.now()
        return try await throwingAuthError {
            try await database.write { try $0.execute("DELETE FROM sessions WHERE expires_at <= \(now)") }
        }
    }
}
