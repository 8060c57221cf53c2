import Storage

/// What went with an account, for the report to its user.
public struct RemovedAccount: Sendable, Equatable, Codable {
    public let sessions: Int
    public let refreshTokens: Int
    public let apiKeys: Int
    /// Mailed links that were still open.
    public let links: Int
    /// Entries of the audit log, which stay, but tell nothing of the person any more.
    public let blankedEntries: Int

    package init(sessions: Int, refreshTokens: Int, apiKeys: Int, links: Int, blankedEntries: Int) {
        (self.sessions, self.refreshTokens, self.apiKeys) = (sessions, refreshTokens, apiKeys)
        (self.links, self.blankedEntries) = (links, blankedEntries)
    }
}

extension Users {
    /// Removes a user with all that this module keeps of them.
    ///
    /// The audit log keeps that something happened to an account of that name; where, with what and details are blanked.
    /// Whoever calls asks for the credential again first, and removes what other modules keep in the same transaction.
    ///
    /// - Parameter origin: of the request; kept only when somebody else than the user asked.
    /// - Returns: nil when there is no such user.
    public func remove(
        _ user: AccountID, by actor: AuditActor, from origin: RequestOrigin? = nil, in session: any WriteSession
    ) throws -> RemovedAccount? {
        guard let known = try find(user, in: session) else { return nil }
        let audit = AuditLog(database, clock: clock)
        // Before the keys go: by them it is known which entries are of the user's programs.
        let isTheirs = try actor.isPart(of: user, in: session)
        let blanked = try audit.blank(user, in: session)
        let refreshTokens = try session.execute(
            "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE user_id = \(user))")
        let removed = RemovedAccount(
            sessions: try session.execute("DELETE FROM sessions WHERE user_id = \(user)"),
            refreshTokens: refreshTokens,
            apiKeys: try session.execute("DELETE FROM api_keys WHERE user_id = \(user)"),
            links: try session.execute(
                "DELETE FROM one_time_tokens WHERE user_id = \(user) OR email = \(known.email)"),
            blankedEntries: blanked)
        // What refers to the user in other tables of the module, as identities at providers, goes with the row.
        try session.execute("DELETE FROM users WHERE id = \(user)")
        try audit.append(
            AuditEvent(.accountDeleted, of: user, by: actor, from: isTheirs ? nil : origin), in: session)
        return removed
    }
}

extension AuditActor {
    /// Whether it is the user, or a program with one of their keys.
    fileprivate func isPart(of user: AccountID, in session: any ReadSession) throws -> Bool {
        switch self {
        case .user(let id): id == user
        case .apiKey(let key):
            try session.row("SELECT 1 AS one FROM api_keys WHERE id = \(key) AND user_id = \(user)") != nil
        case .system, .unknown: false
        }
    }
}
