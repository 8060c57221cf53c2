import Storage

/// A user being signed in, from one device, for a time.
public struct Session: Sendable, Equatable {
    public let id: Identifier<Session>
    public let user: AccountID
    public let createdAt: Timestamp
    public let expiresAt: Timestamp
    /// When it was signed out, if it was.
    public let revokedAt: Timestamp?

    public func isLive(at now: Timestamp) -> Bool {
        revokedAt == nil && now < expiresAt
    }
}

extension Session {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), user: try row.get("user_id"), createdAt: try row.get("created_at"),
            expiresAt: try row.get("expires_at"), revokedAt: try row.get(optional: "revoked_at"))
    }
}
