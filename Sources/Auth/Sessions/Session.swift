import Storage

/// A user being signed in, from one device, for a time.
public struct Session: Sendable, Equatable {
    public let id: Identifier<Session>
    public let user: AccountID
    /// What the device called itself when it signed in.
    public let device: DeviceName?
    public let createdAt: Timestamp
    /// The last use known: up to ``LastUse/interval`` older than the last one.
    public let usedAt: Timestamp
    /// The end, however much it is used.
    public let expiresAt: Timestamp
    /// The end if it is not used again.
    public let idleAt: Timestamp
    /// When it was signed out, if it was.
    public let revokedAt: Timestamp?

    init(
        id: Identifier<Session>, user: AccountID, device: DeviceName? = nil, createdAt: Timestamp,
        usedAt: Timestamp? = nil, expiresAt: Timestamp, idleAt: Timestamp? = nil, revokedAt: Timestamp? = nil
    ) {
        (self.id, self.user, self.device) = (id, user, device)
        (self.createdAt, self.usedAt) = (createdAt, usedAt ?? createdAt)
        (self.expiresAt, self.idleAt, self.revokedAt) = (expiresAt, idleAt ?? expiresAt, revokedAt)
    }

    public func isLive(at now: Timestamp) -> Bool {
        revokedAt == nil && now < expiresAt && now < idleAt
    }
}

extension Session {
    /// A session as it begins.
    init(for user: AccountID, on device: DeviceName?, at now: Timestamp, life: Duration, idleLife: Duration) {
        self.init(
            id: .random(), user: user, device: device, createdAt: now, expiresAt: now + life, idleAt: now + idleLife)
    }

    /// - Parameter row: of ``columns``.
    init(_ row: Row, idleLife: Duration) throws {
        let usedAt: Timestamp = try row.get("used_at")
        self.init(
            id: try row.get("id"), user: try row.get("user_id"), device: try row.get(optional: "device"),
            createdAt: try row.get("created_at"), usedAt: usedAt, expiresAt: try row.get("expires_at"),
            idleAt: usedAt + idleLife, revokedAt: try row.get(optional: "revoked_at"))
    }

    /// A session from before uses were recorded was used when it began.
    static let columns: SQL = """
        sessions.id AS id, user_id, device, sessions.created_at AS created_at,
        COALESCE(used_at, sessions.created_at) AS used_at, expires_at, revoked_at
        """
}
