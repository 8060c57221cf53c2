import Storage

/// The users' rows.
///
/// The forms that take a session throw ``AuthError`` for what the caller did, and the ``DatabaseError`` of the
/// session as it is, so that a transaction on a busy database is retried.
public struct Users: Sendable {
    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    public func find(_ id: AccountID) async throws(AuthError) -> User? {
        try await throwingAuthError { try await database.read { try find(id, in: $0) } }
    }

    public func find(_ id: AccountID, in session: any ReadSession) throws -> User? {
        try session.row("SELECT \(User.columns) FROM users WHERE id = \(id)").map(User.init)
    }

    public func find(_ email: EmailAddress, in session: any ReadSession) throws -> User? {
        try session.row("SELECT \(User.columns) FROM users WHERE email = \(email)").map(User.init)
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

    /// The user of `email` with the hash as it is stored; nil for one who has no password.
    func credentials(
        of email: EmailAddress, in session: any ReadSession
    ) throws -> (user: User, passwordHash: String?)? {
        let row = try session.row(
            "SELECT \(User.columns), password_hash FROM users WHERE email = \(email)")
        guard let row else { return nil }
        return (try User(row), try row.get(optional: "password_hash"))
    }

    /// Replaces `old` only: a password changed in the meantime stays.
    func replacePasswordHash(
        of user: AccountID, from old: String, to new: PasswordHash, in session: any WriteSession
    ) throws {
        try session.execute(
            "UPDATE users SET password_hash = \(new.phc) WHERE id = \(user) AND password_hash = \(old)")
    }
}
