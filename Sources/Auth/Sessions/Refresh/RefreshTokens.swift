import Storage

/// Refresh tokens with rotation: each is good once, and has one child. The tokens of a session are one family.
///
/// A spent token that comes back ends the session (RFC 9700 §4.14.2), except within the grace window, where it gets the
/// child it has, however often: so clients that refresh at once raise no alarm and hold one token together.
/// What ends the session (``Sessions/revoke(_:of:in:)``, its absolute and idle end) ends its tokens.
public struct RefreshTokens: Sendable {
    /// Long enough for an answer that was lost and asked for again.
    public static let standardGrace = Duration.seconds(30)

    private let database: any Database
    private let sessions: Sessions
    private let secrets: @Sendable () -> [NamedSecret]
    private let grace: Duration
    private let life: Duration

    /// - Parameters:
    ///   - keys: of the installation: that which signs makes children; by the others they are found again, so that keys
    ///     rotate while servers run.
    ///   - life: of a token that is not used; it never outlives its session.
    public init(
        _ database: any Database, sessions: Sessions, keys: Keys, grace: Duration = standardGrace,
        life: Duration = Sessions.standardLife
    ) {
        self.init(database, sessions: sessions, grace: grace, life: life) { keys.secrets(for: .refresh) }
    }

    /// As the other, with secrets that stay: at least one, of which the first makes children.
    public init(
        _ database: any Database, sessions: Sessions, secrets: [NamedSecret], grace: Duration = standardGrace,
        life: Duration = Sessions.standardLife
    ) {
        precondition(!secrets.isEmpty, "children are made with a secret")
        self.init(database, sessions: sessions, grace: grace, life: life) { secrets }
    }

    private init(
        _ database: any Database, sessions: Sessions, grace: Duration, life: Duration,
        secrets: @escaping @Sendable () -> [NamedSecret]
    ) {
        precondition(grace >= .zero && life > .zero, "a grace window is not negative, and a token lives for some time")
        (self.database, self.sessions, self.grace, self.life) = (database, sessions, grace, life)
        self.secrets = secrets
    }

    /// The first token of a session that has none.
    ///
    /// - Throws: ``DatabaseError`` when it has one.
    public func start(for started: Session, in session: any WriteSession) throws -> RefreshGrant {
        try add(.first(of: started.id), of: started, at: sessions.clock.now(), in: session)
    }

    /// Trades a token for its child.
    ///
    /// - Throws: ``AuthError/sessionEnded``, also after a reuse, which only ``refresh(_:in:)`` tells apart.
    public func refresh(_ token: RefreshToken) async throws(AuthError) -> RefreshGrant {
        let outcome = try await throwingAuthError {
            // The session's row is held first: those who refresh at once come one after another, and none is undone.
            try await database.write(.readCommitted) { try refresh(token, in: $0) }
        }
        guard case .refreshed(let grant) = outcome else { throw .sessionEnded }
        return grant
    }

    public func refresh(_ token: RefreshToken, in session: any WriteSession) throws -> RefreshOutcome {
        let now = sessions.clock.now()
        guard let live = try hold(token.session, in: session), let row = try row(of: token, in: session) else {
            return .refused
        }
        switch row.state.verdict(at: now, grace: grace) {
        case .hasExpired:
            return .refused
        case .betrays:
            try sessions.revoke(live.id, of: live.user, in: session)
            return .reused(user: live.user, session: live.id)
        case .rotates:
            return try rotate(token, of: live, at: now, in: session).map(RefreshOutcome.refreshed) ?? .refused
        case .repeats:
            return try child(of: token, salt: row.childSalt, of: live, in: session).map(RefreshOutcome.refreshed)
                ?? .refused
        }
    }
}

extension RefreshTokens {
    /// Derived for nothing else, as the secrets of old installations sign other things too.
    private var keys: [Secret] { secrets().map { $0.secret.derived("waxwing refresh tokens") } }

    /// The session if it is live and its user not disabled. Until the transaction ends nobody else refreshes or
    /// revokes it.
    private func hold(_ id: Identifier<Session>, in session: any WriteSession) throws -> Session? {
        try sessions.live(
            session.row(
                """
                SELECT \(Session.columns) FROM sessions
                WHERE sessions.id = \(id)
                    AND EXISTS (SELECT 1 FROM users WHERE users.id = user_id AND disabled_at IS NULL)
                \(.forUpdate)
                """))
    }

    /// Nil for a token that was never issued: whoever only knows the session's name ends nothing.
    private func row(of token: RefreshToken, in session: any ReadSession) throws -> StoredToken? {
        let row = try session.row(
            """
            SELECT hash, expires_at, spent_at, child_salt FROM refresh_tokens
            WHERE session_id = \(token.session) AND generation = \(token.generation)
            """)
        let stored = try row.map(StoredToken.init)
        return stored?.hash == SecretHash(of: token.secret) ? stored : nil
    }

    private func rotate(
        _ token: RefreshToken, of live: Session, at now: Timestamp, in session: any WriteSession
    ) throws -> RefreshGrant? {
        let salt = Secret.random(count: 16).bytes
        guard let child = keys.first.flatMap({ token.child(salt: salt, key: $0) }) else { return nil }
        try session.execute(
            """
            UPDATE refresh_tokens SET spent_at = \(now), child_salt = \(salt)
            WHERE session_id = \(live.id) AND generation = \(token.generation)
            """)
        try sessions.recordUse(of: live.id, at: now, in: session)
        return try add(child, of: live, at: now, in: session)
    }

    /// The child that a spent token has; nil when the key it was made with is gone.
    private func child(
        of token: RefreshToken, salt: [UInt8]?, of live: Session, in session: any ReadSession
    ) throws -> RefreshGrant? {
        guard let salt else { return nil }
        for child in keys.compactMap({ token.child(salt: salt, key: $0) }) {
            if let row = try row(of: child, in: session) {
                return RefreshGrant(session: live, token: child, expiresAt: row.expiresAt)
            }
        }
        return nil
    }

    private func add(
        _ token: RefreshToken, of live: Session, at now: Timestamp, in session: any WriteSession
    ) throws -> RefreshGrant {
        let expiresAt = min(now + life, live.expiresAt)
        try session.execute(
            """
            INSERT INTO refresh_tokens (session_id, generation, hash, created_at, expires_at)
            VALUES (\(live.id), \(token.generation), \(SecretHash(of: token.secret)), \(now), \(expiresAt))
            """)
        return RefreshGrant(session: live, token: token, expiresAt: expiresAt)
    }

    private struct StoredToken {
        let hash: SecretHash
        let expiresAt: Timestamp
        let childSalt: [UInt8]?
        let state: RefreshState

        init(_ row: Row) throws {
            (hash, expiresAt) = (try row.get("hash"), try row.get("expires_at"))
            childSalt = try row.get(optional: "child_salt")
            state =
                if let spentAt: Timestamp = try row.get(optional: "spent_at") {
                    .spent(at: spentAt)
                } else {
                    .fresh(expiresAt: expiresAt)
                }
        }
    }
}
