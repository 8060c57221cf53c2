import Storage

/// Who is invited to register. The link is good for 7 days, for the address it was mailed to.
public struct Invitations: Sendable {
    private let database: any Database
    private let registration: Registration
    private let users: Users
    private let links: OneTimeTokens
    private let audit: AuditLog

    public init(
        _ database: any Database, registration: Registration = .open, clock: any WallClock = SystemClock()
    ) {
        (self.database, self.registration) = (database, registration)
        users = Users(database, clock: clock)
        (links, audit) = (OneTimeTokens(database, clock: clock), AuditLog(database, clock: clock))
    }

    /// Invites somebody, or anew: then the older link is worth nothing.
    ///
    /// - Throws: ``AuthError/registrationClosed``, ``AuthError/emailRefused(_:)``, ``AuthError/emailTaken``.
    public func invite(
        email: String, role: Role = .user, by actor: AuditActor, from origin: RequestOrigin? = nil,
        mail: @escaping Mailing
    ) async throws(AuthError) {
        try registration.allow(invited: true)
        let email = try EmailAddress.parsed(email)
        guard !email.isReserved else { throw .emailRefused(.reserved) }
        try await throwingAuthError {
            try await database.write { session in
                guard try users.find(email, in: session) == nil else { throw AuthError.emailTaken }
                let token = try links.issue(.invitation, to: email, of: nil, role: role, in: session)
                let detail: AuditDetail = ["role": .text(role.rawValue)]
                try audit.append(
                    AuditEvent(.accountInvited, of: nil, by: actor, from: origin, detail), in: session)
                try mail(.invitation(email, role, token), session)
            }
        }
    }

    /// Whom a link invites, for the page that it opens; nil if it is not good. It stays good.
    public func find(_ token: String) async throws(AuthError) -> (email: EmailAddress, role: Role)? {
        guard let token = OneTimeToken(token) else { return nil }
        let grant = try await throwingAuthError {
            try await database.read { try links.find(token, .invitation, in: $0) }
        }
        return grant.map { ($0.email, $0.role ?? .user) }
    }

    /// Spends the invitation of an address that somebody has shown to be theirs in another way than by the link, as by
    /// signing in at a provider that has verified it.
    ///
    /// - Returns: what the new user will be; nil when the address is not invited.
    public func take(_ email: EmailAddress, in session: any WriteSession) throws -> Role? {
        let row = try session.row(
            """
            SELECT role FROM one_time_tokens WHERE purpose = \(OneTimePurpose.invitation) AND email = \(email)
                AND expires_at > \(links.clock.now()) \(.forUpdate)
            """)
        guard let row else { return nil }
        try remove(email, in: session)
        return try row.get(optional: "role") ?? .user
    }

    /// Takes an invitation back. Doing it twice is harmless.
    public func withdraw(_ email: EmailAddress) async throws(AuthError) {
        try await throwingAuthError { try await database.write { try remove(email, in: $0) } }
    }

    private func remove(_ email: EmailAddress, in session: any WriteSession) throws {
        try session.execute(
            "DELETE FROM one_time_tokens WHERE purpose = \(OneTimePurpose.invitation) AND email = \(email)")
    }
}
