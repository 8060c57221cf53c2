import Storage

/// A key of a user for a program of theirs, without its secret.
public struct APIKey: Sendable, Equatable {
    public let id: Identifier<APIKey>
    public let user: AccountID
    public let name: UserName
    /// How the key begins, by which its owner knows it again.
    public let prefix: String
    public let scopes: Scopes
    public let createdAt: Timestamp
    /// Nil for a key that stays good until it is revoked.
    public let expiresAt: Timestamp?
    /// Nil for a key never used; else up to ``LastUse/interval`` older than its last use.
    public let usedAt: Timestamp?
    public let revokedAt: Timestamp?

    public func isLive(at now: Timestamp) -> Bool {
        guard revokedAt == nil else { return false }
        return expiresAt.map { now < $0 } ?? true
    }
}

extension APIKey {
    static let columns: SQL = "id, user_id, name, prefix, scopes, created_at, expires_at, used_at, revoked_at"

    /// - Parameter row: of ``columns``.
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), user: try row.get("user_id"), name: try row.get("name"),
            prefix: try row.get("prefix"), scopes: try row.get("scopes"), createdAt: try row.get("created_at"),
            expiresAt: try row.get(optional: "expires_at"), usedAt: try row.get(optional: "used_at"),
            revokedAt: try row.get(optional: "revoked_at"))
    }
}
