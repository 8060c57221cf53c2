import Storage

extension Users {
    /// The user of `email` with the hash as it is stored; nil for one who has no password.
    func credentials(
        of email: EmailAddress, in session: any ReadSession
    ) throws -> (user: User, passwordHash: String?)? {
        let row = try session.row("SELECT \(User.columns), password_hash FROM users WHERE email = \(email)")
        guard let row else { return nil }
        return (try User(row), try row.get(optional: "password_hash"))
    }

    /// The user if that is the hash of their password still.
    func find(_ id: AccountID, withPasswordHash hash: String, in session: any ReadSession) throws -> User? {
        try session.row("SELECT \(User.columns) FROM users WHERE id = \(id) AND password_hash = \(hash)")
            .map(User.init)
    }

    func setPasswordHash(of user: AccountID, to hash: PasswordHash, in session: any WriteSession) throws {
        try session.execute("UPDATE users SET password_hash = \(hash.phc) WHERE id = \(user)")
    }

    /// Replaces `old` only: a password changed in the meantime stays.
    func replacePasswordHash(
        of user: AccountID, from old: String, to new: PasswordHash, in session: any WriteSession
    ) throws {
        try session.execute(
            "UPDATE users SET password_hash = \(new.phc) WHERE id = \(user) AND password_hash = \(old)")
    }
}
