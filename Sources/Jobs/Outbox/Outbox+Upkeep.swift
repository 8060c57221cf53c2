import Storage

extension Outbox {
    /// How long delivered messages are kept unless somebody says otherwise: 30 days.
    public static let usualRetention = Duration.seconds(30 * 86_400)

    /// Sends a message after all that was given up, with all its attempts, from now on.
    ///
    /// - Throws: ``OutboxError/notFound(_:)``, ``OutboxError/notDead(_:)``.
    @discardableResult
    public func replay(_ id: MessageID, in session: any WriteSession) throws -> MessageCourse {
        try apply(.replayed(at: queue.clock.now()), to: id, in: session)
    }

    /// Replays what was given up since `moment`, as after a provider's outage.
    ///
    /// - Parameters:
    ///   - kind: nil for all.
    ///   - limit: how many at most, so that a transaction stays short.
    /// - Returns: how many; less than `limit` when there are no more.
    @discardableResult
    public func replayDead(
        _ kind: MessageKind? = nil, since moment: Timestamp, limit: Int = 1_000, in session: any WriteSession
    ) throws -> Int {
        var ids: [MessageID] = []
        for kind in kind.map({ [$0] }) ?? MessageKind.allCases where ids.count < limit {
            ids += try session.rows(
                """
                SELECT id FROM outbox_messages WHERE kind = \(kind) AND state = 'dead' AND ended_at >= \(moment)
                ORDER BY created_at DESC, id DESC LIMIT \(limit - ids.count) \(.skipLocked)
                """
            ).map { try $0.get("id") }
        }
        for id in ids { try replay(id, in: session) }
        return ids.count
    }

    /// Finds the pending messages that no job will deliver any more, and gives each a new one.
    ///
    /// A job that is given up, as after a worker that does not know the outbox took it, leaves such a message; one that was
    /// cancelled before it ran leaves one that is dead from now on. To be called now and then, in a transaction that is
    /// ``WriteIsolation/serializable``.
    ///
    /// - Parameter limit: how many at most, so that a transaction stays short.
    /// - Returns: how many were found.
    @discardableResult
    public func rescueStranded(limit: Int = 1_000, in session: any WriteSession) throws -> Int {
        let now = queue.clock.now()
        let rows = try session.rows(
            """
            SELECT id, token, (SELECT state FROM jobs WHERE jobs.id = outbox_messages.job_id) AS job_state
            FROM outbox_messages WHERE state = 'pending' AND run_at <= \(now)
                AND COALESCE((SELECT state FROM jobs WHERE jobs.id = outbox_messages.job_id), 'gone')
                    NOT IN (\(list: JobSchema.openStates.sorted()))
            ORDER BY run_at LIMIT \(max(limit, 0)) \(.skipLocked)
            """)
        for row in rows {
            let (job, token) = (try row.get(optional: "job_state", as: String.self), try row.get("token", as: Int.self))
            let event: MessageEvent = job == "cancelled" ? .cancelled(token: token, at: now) : .stranded(at: now)
            try apply(event, to: try row.get("id"), in: session)
        }
        return rows.count
    }

    /// Forgets delivered messages and their attempts, oldest first; their idempotency keys are free again then.
    ///
    /// - Parameters:
    ///   - moment: what was delivered before it goes. What was given up stays.
    ///   - limit: 1…10,000: how many at most, so that a transaction stays short.
    /// - Returns: how many went.
    @discardableResult
    public func prune(
        deliveredBefore moment: Timestamp, limit: Int = 1_000, in session: any WriteSession
    ) throws -> Int {
        let ids = try session.rows(
            """
            DELETE FROM outbox_messages WHERE id IN (
                SELECT id FROM outbox_messages WHERE state = 'delivered' AND ended_at < \(moment)
                ORDER BY ended_at LIMIT \(min(max(limit, 1), 10_000)))
            RETURNING id
            """
        ).map { try $0.get("id", as: MessageID.self) }
        try session.execute("DELETE FROM outbox_attempts WHERE message_id IN (\(list: ids))")
        return ids.count
    }
}
