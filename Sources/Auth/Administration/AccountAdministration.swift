import Storage

/// What is done to the accounts of others. Whether `actor` may is decided before: nothing here asks.
///
/// The forms that take a session of the database throw its ``DatabaseError`` as it is (see ``Users``).
public struct AccountAdministration: Sendable {
    let database: any Database
    let users: Users
    let sessions: Sessions
    let links: OneTimeTokens
    let audit: AuditLog
    private let hasher: PasswordHasher
    private let clock: any WallClock

    public init(
        _ database: any Database, sessions: Sessions, hasher: PasswordHasher, clock: any WallClock = SystemClock()
    ) {
        (self.database, self.sessions, self.hasher, self.clock) = (database, sessions, hasher, clock)
        users = Users(database, clock: clock)
        (links, audit) = (OneTimeTokens(database, clock: clock), AuditLog(database, clock: clock))
    }

    /// A new user, whatever the ``Registration`` says.
    ///
    /// - Parameters:
    ///   - password: nil for one who signs in elsewhere, or has a link mailed to choose one.
    ///   - isVerified: whether it is known that mail to the address reaches them.
    ///   - alongside: what else a new account needs; runs in the same transaction.
    /// - Throws: ``AuthError/emailRefused(_:)``, ``AuthError/emailTaken``, ``AuthError/passwordRefused(_:)``,
    ///   ``AuthError/nameRefused``, ``AuthError/overloaded``.
    public func create(
        email: String, name: String? = nil, role: Role = .user, password: String? = nil, isVerified: Bool = false,
        by actor: AuditActor, from origin: RequestOrigin? = nil, alongside: @escaping NewAccountStep = { _, _ in }
    ) async throws(AuthError) -> User {
        let (now, address) = (clock.now(), try EmailAddress.parsed(email))
        guard !address.isReserved else { throw .emailRefused(.reserved) }
        let user = User(
            id: .random(), email: address, name: try UserName.parsed(name), role: role,
            createdAt: now, emailVerifiedAt: isVerified ? now : nil)
        let hash = try await hashed(password)
        let detail: AuditDetail = ["by": "administration", "role": .text(role.rawValue)]
        try await throwingAuthError {
            try await database.write {
                try users.create(user, passwordHash: hash, in: $0)
                try audit.append(
                    AuditEvent(.accountCreated, of: user.id, by: actor, from: origin, detail), in: $0)
                try alongside(user, $0)
            }
        }
        return user
    }

    /// Gives a user another role. Requests from then on have it.
    ///
    /// Every session of the user ends, so that what they sign in to next has a name that nobody knew before: a cookie or
    /// token that was taken from a user is not one of an admin later. So do the API keys of one who becomes an admin; of
    /// others they stay, and have the new role.
    ///
    /// - Returns: false when there is no such user, or they have the role.
    @discardableResult
    public func setRole(
        of user: AccountID, to role: Role, by actor: AuditActor, from origin: RequestOrigin? = nil,
        in session: any WriteSession
    ) throws -> Bool {
        let old = try users.find(user, in: session)?.role
        guard let old, old != role else { return false }
        try session.execute("UPDATE users SET role = \(role) WHERE id = \(user)")
        try sessions.revokeAll(of: user, in: session)
        if role == .admin {
            try APIKeys(database, clock: clock).revokeAll(of: user, by: actor, from: origin, in: session)
        }
        let detail: AuditDetail = ["from": .text(old.rawValue), "to": .text(role.rawValue)]
        try audit.append(AuditEvent(.roleChanged, of: user, by: actor, from: origin, detail), in: session)
        return true
    }

    @discardableResult
    public func setRole(
        of user: AccountID, to role: Role, by actor: AuditActor, from origin: RequestOrigin? = nil
    ) async throws(AuthError) -> Bool {
        try await throwingAuthError {
            try await database.write { try setRole(of: user, to: role, by: actor, from: origin, in: $0) }
        }
    }

    /// Gives a user another password, as for one who has lost theirs where no mail is sent.
    ///
    /// Every session of the user ends, and open links to reset the password; API keys stay.
    ///
    /// - Returns: false when there is no such user.
    /// - Throws: ``AuthError/passwordRefused(_:)``, ``AuthError/overloaded``.
    @discardableResult
    public func setPassword(
        of user: AccountID, to password: String, by actor: AuditActor, from origin: RequestOrigin? = nil
    ) async throws(AuthError) -> Bool {
        guard let hash = try await hashed(password) else { return false }
        return try await throwingAuthError {
            try await database.write { session in
                guard try users.find(user, in: session) != nil else { return false }
                try users.setPasswordHash(of: user, to: hash, in: session)
                try links.end(.resetPassword, of: user, in: session)
                let ended = try sessions.revokeAll(of: user, in: session)
                let detail: AuditDetail = ["sessions": .number(Int64(ended))]
                try audit.append(AuditEvent(.passwordReset, of: user, by: actor, from: origin, detail), in: session)
                return true
            }
        }
    }

    /// Forgets mailed links that nobody opened in time; for the service's upkeep.
    ///
    /// - Returns: how many.
    @discardableResult
    public func removeExpiredLinks() async throws(AuthError) -> Int {
        try await links.removeExpired()
    }

    private func hashed(_ password: String?) async throws(AuthError) -> PasswordHash? {
        guard let password else { return nil }
        let chosen: Password
        do throws(PasswordFlaw) { chosen = try Password(password) } catch { throw .passwordRefused(error) }
        return try await hasher.hash(chosen)
    }
}
