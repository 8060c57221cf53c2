import Storage

/// Who of our users is who elsewhere: a user for each (issuer, subject), and any number of those for a user.
///
/// The forms that take a session throw its ``DatabaseError`` as it is (see ``Users``).
public struct Identities: Sendable {
    private let database: any Database
    private let users: Users
    private let audit: AuditLog
    let clock: any WallClock

    public init(_ database: any Database, clock: any WallClock = SystemClock()) {
        (self.database, users, self.clock) = (database, Users(database, clock: clock), clock)
        audit = AuditLog(database, clock: clock)
    }

    /// The user of an identity; nil for one that has never been here.
    public func find(_ subject: String, of issuer: String, in session: any ReadSession) throws -> User? {
        let row = try session.row("SELECT user_id FROM identities WHERE issuer = \(issuer) AND subject = \(subject)")
        guard let id: AccountID = try row?.get("user_id") else { return nil }
        return try users.find(id, in: session)
    }

    public func find(_ subject: String, of issuer: String) async throws(AuthError) -> User? {
        try await throwingAuthError { try await database.read { try find(subject, of: issuer, in: $0) } }
    }

    /// The user of an identity: the one who came with it before; else, if that may be, the one who has the same verified
    /// address; else a new one.
    ///
    /// - Throws: ``AuthError/emailNotAllowed``; ``AuthError/accountDisabled``; ``AuthError/openID(_:)`` with ``OpenIDFlaw/emailMissing``,
    ///   ``OpenIDFlaw/emailUnverified`` or ``OpenIDFlaw/accountExists``; what `policy.register` throws.
    public func resolve(
        _ identity: OtherIdentity, policy: IdentityPolicy, in session: any WriteSession
    ) throws -> User {
        if let user = try find(identity.subject, of: identity.issuer, in: session) {
            guard policy.allowlist.allows(user.email) else { throw AuthError.emailNotAllowed }
            return try user.enabled()
        }
        let email = try verifiedEmail(of: identity)
        guard policy.allowlist.allows(email) else { throw AuthError.emailNotAllowed }
        guard let user = try users.find(email, in: session) else {
            let now = clock.now()
            let user = User(
                id: .random(), email: email, name: identity.name, createdAt: now, emailVerifiedAt: now)
            return try create(user, for: identity, register: policy.register, in: session)
        }
        if user.emailVerifiedAt == nil, policy.claimsUnconfirmed {
            try disown(user, in: session)
        } else {
            guard policy.linksByEmail, user.emailVerifiedAt != nil else { throw AuthError.openID(.accountExists) }
        }
        _ = try user.enabled()
        try add(identity, of: user.id, in: session)
        try record(.identityLinked, identity, of: user, in: session)
        return user
    }

    /// The identities of a user, the oldest first.
    public func list(of user: AccountID, in session: any ReadSession) throws -> [LinkedIdentity] {
        try session.rows(
            """
            SELECT issuer, subject, created_at FROM identities WHERE user_id = \(user)
            ORDER BY created_at, issuer, subject
            """
        ).map {
            LinkedIdentity(
                issuer: try $0.get("issuer"), subject: try $0.get("subject"), since: try $0.get("created_at"))
        }
    }

    func create(
        _ user: User, for identity: OtherIdentity, register: (User, any WriteSession) throws -> Void,
        in session: any WriteSession
    ) throws -> User {
        try users.create(user, passwordHash: nil, in: session)
        try add(identity, of: user.id, in: session)
        try record(.accountCreated, identity, of: user, in: session)
        try register(user, session)
        return user
    }

    /// Takes from an account all that opens it, and marks its address as verified.
    private func disown(_ user: User, in session: any WriteSession) throws {
        try session.execute("UPDATE users SET password_hash = NULL WHERE id = \(user.id)")
        try users.markVerified(user.id, in: session)
        try Sessions(database, clock: clock).revokeAll(of: user.id, in: session)
        try APIKeys(database, clock: clock).revokeAll(of: user.id, by: .system, in: session)
        try session.execute("DELETE FROM one_time_tokens WHERE user_id = \(user.id)")
    }

    private func record(
        _ action: AuditAction, _ identity: OtherIdentity, of user: User, in session: any WriteSession
    ) throws {
        let detail: AuditDetail = ["by": .text(identity.issuer), "role": .text(user.role.rawValue)]
        try audit.append(AuditEvent(action, of: user.id, by: .user(user.id), from: nil, detail), in: session)
    }

    private func add(_ identity: OtherIdentity, of user: AccountID, in session: any WriteSession) throws {
        try session.execute(
            """
            INSERT INTO identities (issuer, subject, user_id, created_at)
            VALUES (\(identity.issuer), \(identity.subject), \(user), \(clock.now()))
            """)
    }

    private func verifiedEmail(of identity: OtherIdentity) throws(AuthError) -> EmailAddress {
        guard let email = identity.email, !email.isReserved else { throw .openID(.emailMissing) }
        guard identity.isEmailVerified else { throw .openID(.emailUnverified) }
        return email
    }
}

extension User {
    /// - Throws: ``AuthError/accountDisabled``.
    func enabled() throws(AuthError) -> User {
        guard disabledAt == nil else { throw .accountDisabled }
        return self
    }
}

/// An identity as its user sees it.
public struct LinkedIdentity: Sendable, Equatable, Encodable {
    public let issuer: String
    public let subject: String
    public let since: Timestamp
}
