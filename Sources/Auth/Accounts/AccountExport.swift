import Storage

/// What this module knows of a user, for them to take away; no secret, nor the hash of one, is in it.
///
/// The audit log is not in it, as there may be more of it than fits into memory: ``AuditLog/each(of:in:_:)`` hands its
/// entries over one by one, in the same snapshot.
public struct AccountExport: Sendable, Equatable, Encodable {
    public struct Profile: Sendable, Equatable, Encodable {
        public let id: AccountID
        public let email: String
        public let name: String?
        public let role: Role
        public let createdAt: Timestamp
        public let emailVerifiedAt: Timestamp?
        public let hasPassword: Bool
    }

    public struct SessionRecord: Sendable, Equatable, Encodable {
        public let id: Identifier<Session>
        public let device: String?
        public let createdAt: Timestamp
        public let usedAt: Timestamp
        public let expiresAt: Timestamp
        public let revokedAt: Timestamp?
    }

    public struct APIKeyRecord: Sendable, Equatable, Encodable {
        public let id: Identifier<APIKey>
        public let name: String
        public let prefix: String
        /// Nil for all that the user may.
        public let scopes: [String]?
        public let createdAt: Timestamp
        public let expiresAt: Timestamp?
        public let usedAt: Timestamp?
        public let revokedAt: Timestamp?
    }

    public let profile: Profile
    /// Also those that are over, as long as they are kept.
    public let sessions: [SessionRecord]
    public let apiKeys: [APIKeyRecord]
}

extension Users {
    /// - Returns: nil when there is no such user.
    /// - Complexity: all sessions and keys that are kept of the user are in memory: of some weeks, and as limits on
    ///   signing in and on keys allow.
    public func export(_ user: AccountID, in session: any ReadSession) throws -> AccountExport? {
        guard let known = try find(user, in: session) else { return nil }
        let hasPassword = try session.row(
            "SELECT 1 AS one FROM users WHERE id = \(user) AND password_hash IS NOT NULL")
        let sessions = try session.rows(
            "SELECT \(Session.columns) FROM sessions WHERE user_id = \(user) ORDER BY created_at DESC, id DESC")
        let keys = try session.rows(
            "SELECT \(APIKey.columns) FROM api_keys WHERE user_id = \(user) ORDER BY created_at DESC, id DESC")
        return AccountExport(
            profile: AccountExport.Profile(known, hasPassword: hasPassword != nil),
            sessions: try sessions.map { AccountExport.SessionRecord(try Session($0, idleLife: .zero)) },
            apiKeys: try keys.map { AccountExport.APIKeyRecord(try APIKey($0)) })
    }
}

extension AccountExport.Profile {
    fileprivate init(_ user: User, hasPassword: Bool) {
        self.init(
            id: user.id, email: user.email.text, name: user.name?.text, role: user.role, createdAt: user.createdAt,
            emailVerifiedAt: user.emailVerifiedAt, hasPassword: hasPassword)
    }
}

extension AccountExport.SessionRecord {
    fileprivate init(_ session: Session) {
        self.init(
            id: session.id, device: session.device?.text, createdAt: session.createdAt, usedAt: session.usedAt,
            expiresAt: session.expiresAt, revokedAt: session.revokedAt)
    }
}

extension AccountExport.APIKeyRecord {
    fileprivate init(_ key: APIKey) {
        let scopes: [String]? =
            switch key.scopes {
            case .all: nil
            case .only(let scopes): scopes.sorted().map(\.text)
            }
        self.init(
            id: key.id, name: key.name.text, prefix: key.prefix, scopes: scopes, createdAt: key.createdAt,
            expiresAt: key.expiresAt, usedAt: key.usedAt, revokedAt: key.revokedAt)
    }
}
