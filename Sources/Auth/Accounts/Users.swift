import Storage

/// The users' rows.
///
/// The forms that take a session throw ``AuthError`` for what the caller did, and the ``DatabaseError`` of the
/// session as it is, so that a transaction on a busy database is retried.
public struct Users: Sendable {
    let database: any Database
    let clock: any WallClock

    public init(_ database: any Database, clock: any WallClock = SystemClock()) {
        (self.database, self.clock) = (database, clock)
    }

    public func find(_ id: AccountID) async throws(AuthError) -> User? {
        try await throwingAuthError { try await database.read { try find(id, in: $0) } }
    }

    public func find(_ id: AccountID, in session: any ReadSession) throws -> User? {
        try session.row("SELECT \(User.columns) FROM users WHERE id = \(id)").map(User.init)
    }

    public func find(_ email: EmailAddress) async throws(AuthError) -> User? {
        try await throwingAuthError { try await database.read { try find(email, in: $0) } }
    }

    public func find(_ email: EmailAddress, in session: any ReadSession) throws -> User? {
        try session.row("SELECT \(User.columns) FROM users WHERE email = \(email)").map(User.init)
    }

    /// The user of `email` if they are not disabled.
    func findEnabled(_ email: EmailAddress, in session: any ReadSession) throws -> User? {
        try find(email, in: session).flatMap { $0.disabledAt == nil ? $0 : nil }
    }

    /// Which of these are there, and not disabled.
    public func enabled(among ids: Set<AccountID>, in session: any ReadSession) throws -> Set<AccountID> {
        try ids.inParts { some in
            try session.rows("SELECT id FROM users WHERE id IN (\(list: some)) AND disabled_at IS NULL")
                .map { try $0.get("id") }
        }
    }

    /// The users, the newest first.
    public func list(_ page: PageRequest = PageRequest(), in session: any ReadSession) throws -> Page<User> {
        let rows = try session.rows(
            """
            SELECT \(User.columns) FROM users WHERE created_at > \(Timestamp(milliseconds: .min)) \(page.newestFirst)
            """)
        return Page(try rows.map(User.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    /// - Parameter passwordHash: nil for a user who signs in elsewhere.
    /// - Throws: ``AuthError/emailTaken``.
    public func create(_ user: User, passwordHash: PasswordHash?, in session: any WriteSession) throws {
        let created = try session.execute(
            """
            INSERT INTO users (id, email, name, role, password_hash, created_at, email_verified_at, disabled_at)
            VALUES (\(user.id), \(user.email), \(user.name), \(user.role), \(passwordHash?.phc), \(user.createdAt),
                \(user.emailVerifiedAt), \(user.disabledAt))
            ON CONFLICT (email) DO NOTHING
            """)
        guard created == 1 else { throw AuthError.emailTaken }
    }

    /// Records that mail to the user's address reaches them. The first time counts.
    public func markVerified(_ user: AccountID, in session: any WriteSession) throws {
        try session.execute(
            "UPDATE users SET email_verified_at = COALESCE(email_verified_at, \(clock.now())) WHERE id = \(user)")
    }
}
