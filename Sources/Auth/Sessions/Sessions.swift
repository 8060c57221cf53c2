import Storage

/// The sessions' rows. A token lives as long as its row says, on every machine that reads the database.
///
/// The forms that take a session of the database throw its ``DatabaseError`` as it is (see ``Users``).
public struct Sessions: Sendable {
    /// 7 days (AT-9).
    public static let standardLife = Duration.seconds(7 * 24 * 60 * 60)

    private let database: any Database
    private let clock: any WallClock
    private let life: Duration

    public init(_ database: any Database, clock: any WallClock = SystemClock(), life: Duration = standardLife) {
        precondition(life > .zero, "a session lives for some time")
        (self.database, self.clock, self.life) = (database, clock, life)
    }

    /// A new session under a new name; nothing of an older one is taken over.
    public func start(for user: AccountID, in session: any WriteSession) throws -> Session {
        let now = clock.now()
        let started = Session(id: .random(), user: user, createdAt: now, expiresAt: now + life, revokedAt: nil)
        try session.execute(
            """
            INSERT INTO sessions (id, user_id, created_at, expires_at)
            VALUES (\(started.id), \(user), \(now), \(started.expiresAt))
            """)
        return started
    }

    /// The session if it is `user`'s, live now, and the user exists: one statement.
    public func findLive(
        _ id: Identifier<Session>, of user: AccountID, in session: any ReadSession
    ) throws -> Session? {
        let row = try session.row(
            """
            SELECT sessions.id AS id, user_id, sessions.created_at AS created_at, expires_at, revoked_at
            FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE sessions.id = \(id) AND user_id = \(user)
            """)
        let now = clock.now()
        return try row.map(Session.init).flatMap { $0.isLive(at: now) ? $0 : nil }
    }

    /// Ends a session of `user`; anybody else's is left alone. Ending one twice is harmless.
    public func revoke(_ id: Identifier<Session>, of user: AccountID, in session: any WriteSession) throws {
        try session.execute(
            """
            UPDATE sessions SET revoked_at = \(clock.now())
            WHERE id = \(id) AND user_id = \(user) AND revoked_at IS NULL
            """)
    }

    /// Forgets sessions that are over; for the service's upkeep.
    /// - Returns: how many.
    @discardableResult
    public func removeExpired() async throws(AuthError) -> Int {
        let now = clock.now()
        return try await throwingAuthError {
            try await database.write { try $0.execute("DELETE FROM sessions WHERE expires_at <= \(now)") }
        }
    }
}
