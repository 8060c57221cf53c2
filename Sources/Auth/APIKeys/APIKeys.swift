import Storage

/// The API keys' rows. They hold no key: a copy of the database opens nothing.
///
/// The forms that take a session of the database throw its ``DatabaseError`` as it is (see ``Users``).
public struct APIKeys: Sendable {
    /// The most live keys one user has.
    public static let mostOfAUser = 100

    private let database: any Database
    private let clock: any WallClock
    private let audit: AuditLog

    public init(_ database: any Database, clock: any WallClock = SystemClock()) {
        (self.database, self.clock) = (database, clock)
        audit = AuditLog(database, clock: clock)
    }

    /// A new key with its secret, which is not to be had again.
    ///
    /// - Parameters:
    ///   - scopes: no more than the credentials allow with which it is asked for: see ``Scopes/cover(_:)``.
    ///   - expiresAt: nil for never.
    ///   - actor: who makes it; nil for `user`.
    /// - Throws: ``AuthError/apiKeyNotMade(_:)``.
    public func create(
        for user: AccountID, name: UserName, scopes: Scopes = .all, expiresAt: Timestamp? = nil,
        by actor: AuditActor? = nil, from origin: RequestOrigin? = nil, in session: any WriteSession
    ) throws -> (key: APIKey, secret: APIKeySecret) {
        guard try session.row("SELECT id FROM users WHERE id = \(user)") != nil else { throw AuthError.sessionEnded }
        let now = clock.now()
        if let expiresAt, expiresAt <= now { throw AuthError.apiKeyNotMade(.expiresInThePast) }
        guard try countLive(of: user, at: now, in: session) < Self.mostOfAUser else {
            throw AuthError.apiKeyNotMade(.tooMany)
        }
        while true {
            let secret = APIKeySecret.random()
            let key = APIKey(
                id: .random(), user: user, name: name, prefix: secret.prefix, scopes: scopes, createdAt: now,
                expiresAt: expiresAt, usedAt: nil, revokedAt: nil)
            // Of a million keys two have the same prefix once in 400 installations: then another is drawn.
            guard try insert(key, secret.hash, in: session) else { continue }
            try record(.apiKeyCreated, of: user, by: actor, from: origin, ["key": .text(key.id.text)], in: session)
            return (key, secret)
        }
    }

    public func create(
        for user: AccountID, name: UserName, scopes: Scopes = .all, expiresAt: Timestamp? = nil,
        by actor: AuditActor? = nil, from origin: RequestOrigin? = nil
    ) async throws(AuthError) -> (key: APIKey, secret: APIKeySecret) {
        try await throwingAuthError {
            try await database.write {
                try create(
                    for: user, name: name, scopes: scopes, expiresAt: expiresAt, by: actor, from: origin, in: $0)
            }
        }
    }

    /// The keys of `user` that were not revoked, the newest first: those that are live, then those that have expired.
    public func list(of user: AccountID) async throws(AuthError) -> [APIKey] {
        let now = clock.now()
        return try await throwingAuthError {
            try await database.read { session in
                try session.rows(
                    """
                    SELECT \(APIKey.columns) FROM api_keys WHERE user_id = \(user) AND revoked_at IS NULL
                    ORDER BY CASE WHEN expires_at <= \(now) THEN 1 ELSE 0 END, created_at DESC, id LIMIT \(PageRequest.largest)
                    """
                ).map(APIKey.init)
            }
        }
    }

    /// The key this is, if it is good now and its user exists and is not disabled: one statement.
    public func findLive(_ secret: APIKeySecret, in session: any ReadSession) throws -> APIKey? {
        try findLiveWithRole(secret, in: session)?.key
    }

    /// As ``findLive(_:in:)``, with what the user is now.
    func findLiveWithRole(
        _ secret: APIKeySecret, in session: any ReadSession
    ) throws -> (key: APIKey, role: Role)? {
        // Found by what is shown, compared by what is secret: time tells nothing of the latter.
        let row = try session.row(
            """
            SELECT \(APIKey.columns), hash,
                (SELECT role FROM users WHERE users.id = user_id AND disabled_at IS NULL) AS role
            FROM api_keys WHERE prefix = \(secret.prefix)
            """)
        guard let row, try row.get("hash") == secret.hash, let role: Role = try row.get(optional: "role") else {
            return nil
        }
        let key = try APIKey(row)
        return key.isLive(at: clock.now()) ? (key, role) : nil
    }

    /// Which of these are good now, and of users who are not disabled.
    public func live(among ids: Set<Identifier<APIKey>>, in session: any ReadSession) throws -> Set<Identifier<APIKey>>
    {
        let now = clock.now()
        return try ids.inParts { some in
            try session.rows(
                """
                SELECT \(APIKey.columns) FROM api_keys WHERE id IN (\(list: some))
                    AND user_id IN (SELECT id FROM users WHERE disabled_at IS NULL)
                """
            ).map(APIKey.init).filter { $0.isLive(at: now) }.map(\.id)
        }
    }

    /// Ends a key of `user`; anybody else's is left alone. Ending one twice is harmless.
    ///
    /// - Returns: whether `user` has such a key.
    @discardableResult
    public func revoke(
        _ id: Identifier<APIKey>, of user: AccountID, by actor: AuditActor? = nil, from origin: RequestOrigin? = nil,
        in session: any WriteSession
    ) throws -> Bool {
        let ended = try session.execute(
            """
            UPDATE api_keys SET revoked_at = \(clock.now())
            WHERE id = \(id) AND user_id = \(user) AND revoked_at IS NULL
            """)
        guard ended == 0 else {
            try record(.apiKeyRevoked, of: user, by: actor, from: origin, ["key": .text(id.text)], in: session)
            return true
        }
        return try session.row("SELECT 1 AS one FROM api_keys WHERE id = \(id) AND user_id = \(user)") != nil
    }

    @discardableResult
    public func revoke(
        _ id: Identifier<APIKey>, of user: AccountID, by actor: AuditActor? = nil, from origin: RequestOrigin? = nil
    ) async throws(AuthError) -> Bool {
        try await throwingAuthError {
            try await database.write { try revoke(id, of: user, by: actor, from: origin, in: $0) }
        }
    }

    /// Ends every key of `user`.
    public func revokeAll(
        of user: AccountID, by actor: AuditActor? = nil, from origin: RequestOrigin? = nil,
        in session: any WriteSession
    ) throws {
        let ended = try session.execute(
            "UPDATE api_keys SET revoked_at = \(clock.now()) WHERE user_id = \(user) AND revoked_at IS NULL")
        guard ended > 0 else { return }
        let detail: AuditDetail = ["keys": .number(Int64(ended))]
        try record(.apiKeyRevoked, of: user, by: actor, from: origin, detail, in: session)
    }

    /// Forgets keys that ended, by being revoked or by themselves, before `time`; for the service's upkeep.
    ///
    /// - Returns: how many.
    @discardableResult
    public func removeEnded(before time: Timestamp) async throws(AuthError) -> Int {
        try await throwingAuthError {
            try await database.write {
                try $0.execute("DELETE FROM api_keys WHERE revoked_at < \(time) OR expires_at < \(time)")
            }
        }
    }

    /// Records that a key is in use, unless that was done within ``LastUse/interval`` (see ``Sessions``).
    func recordUse(of key: APIKey) async {
        let now = clock.now()
        guard LastUse.isDue(after: key.usedAt, at: now) else { return }
        _ = try? await database.write(.readCommitted) { session in
            try session.execute(
                """
                UPDATE api_keys SET used_at = \(now)
                WHERE id = \(key.id) AND (used_at IS NULL OR used_at <= \(now - LastUse.interval))
                """)
        }
    }
}

extension APIKeys {
    private func record(
        _ action: AuditAction, of user: AccountID, by actor: AuditActor?, from origin: RequestOrigin?,
        _ detail: AuditDetail, in session: any WriteSession
    ) throws {
        let event = AuditEvent(action, of: user, by: actor ?? .user(user), from: origin, detail)
        try audit.append(event, in: session)
    }

    private func countLive(of user: AccountID, at now: Timestamp, in session: any ReadSession) throws -> Int {
        let row = try session.row(
            """
            SELECT COUNT(*) AS n FROM api_keys
            WHERE user_id = \(user) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > \(now))
            """)
        return try row?.get("n") ?? 0
    }

    /// - Returns: false when the prefix is taken.
    private func insert(_ key: APIKey, _ hash: SecretHash, in session: any WriteSession) throws -> Bool {
        try session.execute(
            """
            INSERT INTO api_keys (id, user_id, name, prefix, hash, scopes, created_at, expires_at)
            VALUES (\(key.id), \(key.user), \(key.name), \(key.prefix), \(hash), \(key.scopes.sqlValue),
                \(key.createdAt), \(key.expiresAt))
            ON CONFLICT (prefix) DO NOTHING
            """) == 1
    }
}
