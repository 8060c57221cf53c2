import Storage

/// The sign-ins under way, for all servers of a database: each answer is taken once, by the browser that began it,
/// within ten minutes.
struct OpenIDFlows: Sendable {
    static let life = Duration.seconds(10 * 60)

    let database: any Database
    let clock: any WallClock

    func begin(
        with provider: String, cookie: OpenIDCookie, next: OwnPath, in session: any WriteSession
    ) throws -> OpenIDFlow {
        let flow = OpenIDFlow(id: .random(), provider: provider, next: next, expiresAt: clock.now() + Self.life)
        try session.execute(
            """
            INSERT INTO openid_flows (id, provider, cookie_hash, next, expires_at)
            VALUES (\(flow.id), \(provider), \(SecretHash(of: cookie.secret)), \(next), \(flow.expiresAt))
            """)
        return flow
    }

    /// - Parameter provider: at whose callback the answer came. At another's it is used up: somebody mixes them up.
    func take(
        _ id: Identifier<OpenIDFlow>, cookie: OpenIDCookie?, at provider: String, in session: any WriteSession
    ) throws -> OpenIDFlowState {
        let row = try session.row(
            """
            SELECT provider, cookie_hash, next, expires_at, used_at, session_id
            FROM openid_flows WHERE id = \(id) \(.forUpdate)
            """)
        guard let row else { return .refused }
        if let _: Timestamp = try row.get(optional: "used_at") {
            try end(id, startedSession: row.get(optional: "session_id"), in: session)
            return .replayed
        }
        let flow = OpenIDFlow(
            id: id, provider: try row.get("provider"), next: try row.get("next"),
            expiresAt: try row.get("expires_at"))
        let hash: SecretHash = try row.get("cookie_hash")
        let now = clock.now()
        guard now < flow.expiresAt, let cookie, SecretHash(of: cookie.secret) == hash else { return .refused }
        try session.execute("UPDATE openid_flows SET used_at = \(now) WHERE id = \(id)")
        return flow.provider == provider ? .taken(flow) : .refused
    }

    /// Remembers what came of a sign-in, so that a second use of its answer ends it (RFC 6749 §4.1.2).
    ///
    /// - Throws: ``OpenIDFlaw/notBegunHere`` when the answer was used again meanwhile.
    func remember(
        _ started: Identifier<Session>, of flow: Identifier<OpenIDFlow>, in session: any WriteSession
    ) throws {
        let remembered = try session.execute("UPDATE openid_flows SET session_id = \(started) WHERE id = \(flow)")
        guard remembered == 1 else { throw AuthError.openID(.notBegunHere) }
    }

    /// - Returns: how many were forgotten.
    func removeExpired() async throws(AuthError) -> Int {
        let now = clock.now()
        return try await throwingAuthError {
            try await database.write { try $0.execute("DELETE FROM openid_flows WHERE expires_at <= \(now)") }
        }
    }

    /// Without its row the sign-in can come to nothing any more, if it has not yet.
    private func end(
        _ flow: Identifier<OpenIDFlow>, startedSession started: Identifier<Session>?, in session: any WriteSession
    ) throws {
        try session.execute("DELETE FROM openid_flows WHERE id = \(flow)")
        guard let started else { return }
        try session.execute(
            "UPDATE sessions SET revoked_at = \(clock.now()) WHERE id = \(started) AND revoked_at IS NULL")
    }
}
