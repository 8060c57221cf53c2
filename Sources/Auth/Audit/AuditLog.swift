import Storage

/// What happened to accounts, and who did it. Rows are added and, when they are old, removed; only what is personal in
/// them is ever changed: it is blanked when an account goes.
///
/// Written in the transaction of what it tells about: neither is kept without the other.
public struct AuditLog: Sendable {
    /// A little more than a year, so that a year's review finds the whole year.
    public static let standardRetention = Duration.seconds(400 * 24 * 60 * 60)

    private let database: any Database
    private let clock: any WallClock

    public init(_ database: any Database, clock: any WallClock = SystemClock()) {
        (self.database, self.clock) = (database, clock)
    }

    public func append(_ event: AuditEvent, in session: any WriteSession) throws {
        let actor = event.actor.columns
        try session.execute(
            """
            INSERT INTO audit_log (id, created_at, action, actor_kind, actor_id, subject_id, address, device, detail)
            VALUES (\(Identifier<AuditEntry>.random()), \(clock.now()), \(event.action), \(actor.kind), \(actor.id),
                \(event.subject), \(event.origin?.address), \(event.origin?.device), \(try event.detail.column()))
            """)
    }

    /// Removes entries older than `retention`; for the service's upkeep.
    ///
    /// - Returns: how many.
    @discardableResult
    public func removeOld(
        retention: Duration = standardRetention
    ) async throws(AuthError) -> Int {
        let end = clock.now() - retention
        return try await throwingAuthError {
            try await database.write { try $0.execute("DELETE FROM audit_log WHERE created_at < \(end)") }
        }
    }

    /// Takes out of every entry what tells of the person: where they were, with what, and the details about their
    /// account. That something happened to an account of that name stays.
    ///
    /// - Returns: of how many entries.
    func blank(_ user: AccountID, in session: any WriteSession) throws -> Int {
        let keys: SQL = "SELECT id FROM api_keys WHERE user_id = \(user)"
        return try session.execute(
            """
            UPDATE audit_log SET address = NULL, device = NULL,
                detail = CASE WHEN subject_id = \(user) THEN NULL ELSE detail END
            WHERE subject_id = \(user) OR (actor_kind = 'user' AND actor_id = \(user))
                OR (actor_kind = 'apikey' AND actor_id IN (\(keys)))
            """)
    }
}
