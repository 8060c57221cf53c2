import Storage

/// Keys as rows.
extension IdempotencyKeys {
    public static let migrations = MigrationSet(
        module: "idempotency",
        [
            Migration(
                1, "keys",
                [
                    """
                    CREATE TABLE idempotency_keys (
                        name TEXT PRIMARY KEY, head TEXT NOT NULL, body TEXT, run TEXT NOT NULL, runs BIGINT NOT NULL,
                        salt \(SQLDifference.bytes) NOT NULL, lease_until BIGINT, receipt \(SQLDifference.bytes),
                        answer \(SQLDifference.bytes), expires_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at)",
                ])
        ])

    /// Held until the transaction ends.
    func find(_ name: String, in session: any ReadSession) throws -> KeptRequest? {
        try session.row(
            """
            SELECT name, head, body, run, salt, lease_until, receipt, answer FROM idempotency_keys
            WHERE name = \(name) \(.forUpdate)
            """
        ).map(KeptRequest.init)
    }

    /// - Returns: false where the key is in use. One that has expired is as good as new.
    func create(_ request: KeptRequest, at now: Timestamp, in session: any WriteSession) throws -> Bool {
        try session.execute(
            """
            INSERT INTO idempotency_keys (name, head, body, run, runs, salt, lease_until, expires_at)
            VALUES (\(request.name), \(request.head), \(request.body), \(request.run), 1, \(request.salt),
                \(request.leaseUntil), \(now + Self.life))
            ON CONFLICT (name) DO UPDATE SET head = excluded.head, body = excluded.body, run = excluded.run, runs = 1,
                salt = excluded.salt, lease_until = excluded.lease_until, receipt = NULL, answer = NULL,
                expires_at = excluded.expires_at
            WHERE idempotency_keys.expires_at <= \(now)
            """) == 1
    }

    func takeOver(
        _ kept: KeptRequest, by fresh: KeptRequest, at now: Timestamp, in session: any WriteSession
    ) throws -> KeptRequest {
        let body = kept.body ?? fresh.body
        try session.execute(
            """
            UPDATE idempotency_keys SET run = \(fresh.run), runs = runs + 1, body = \(body),
                lease_until = \(fresh.leaseUntil), expires_at = \(now + Self.life)
            WHERE name = \(kept.name)
            """)
        return KeptRequest(
            name: kept.name, head: kept.head, body: body, run: fresh.run, salt: kept.salt,
            leaseUntil: fresh.leaseUntil, receipt: kept.receipt, answer: nil)
    }

    /// - Returns: 0 for another body than that of the run before, or when the run's place was taken.
    func setBody(_ body: BodyFingerprint, of ticket: IdempotencyTicket, in session: any WriteSession) throws -> Int {
        try session.execute(
            """
            UPDATE idempotency_keys SET body = \(body)
            WHERE name = \(ticket.name) AND run = \(ticket.run) AND (body IS NULL OR body = \(body))
            """)
    }

    func extendLease(of ticket: IdempotencyTicket, at now: Timestamp, in session: any WriteSession) throws -> Int {
        try session.execute(
            """
            UPDATE idempotency_keys SET lease_until = \(now + Self.lease), expires_at = \(now + Self.life)
            WHERE name = \(ticket.name) AND run = \(ticket.run) AND lease_until IS NOT NULL
            """)
    }

    /// - Returns: 0 when the run's place was taken, or there is a receipt and there was to be none.
    func end(
        _ ticket: IdempotencyTicket, _ answer: [UInt8]?, unlessReceipt: Bool, at now: Timestamp,
        in session: any WriteSession
    ) throws -> Int {
        try session.execute(
            """
            UPDATE idempotency_keys SET answer = \(answer), receipt = NULL, lease_until = NULL,
                expires_at = \(now + Self.life)
            WHERE name = \(ticket.name) AND run = \(ticket.run) AND lease_until IS NOT NULL
                AND (receipt IS NULL OR \(unlessReceipt) = 0)
            """)
    }

    /// What has left no receipt is forgotten. A run that took another's place leaves that one's traces.
    func letGo(_ ticket: IdempotencyTicket, at now: Timestamp, in session: any WriteSession) throws {
        let forgotten = try session.execute(
            """
            DELETE FROM idempotency_keys
            WHERE name = \(ticket.name) AND run = \(ticket.run) AND receipt IS NULL AND runs = 1
                AND lease_until IS NOT NULL
            """)
        guard forgotten == 0 else { return }
        try session.execute(
            """
            UPDATE idempotency_keys SET lease_until = \(now)
            WHERE name = \(ticket.name) AND run = \(ticket.run) AND lease_until IS NOT NULL
            """)
    }
}
