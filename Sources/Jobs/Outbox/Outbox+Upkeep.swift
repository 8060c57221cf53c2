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

    /// Replays what was given up since `moment`, as after a provider's outage; of a kind, what was given up first.
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
                ORDER BY ended_at LIMIT \(limit - ids.count) \(.skipLocked)
                """
            ).map { try $0.get("id") }
        }
        for id in ids { try replay(id, in: session) }
        return ids.count
    }

    /// Forgets messages that ended longer ago, with their attempts, the oldest of a kind first; dead ones only when asked.
    /// Their idempotency keys are free again then.
    ///
    /// - Parameters:
    ///   - moment: what ended before goes.
    ///   - dead: whether those go that were given up, or those that were delivered.
    ///   - limit: 1…10,000: how many at most, so that a transaction stays short.
    /// - Returns: how many went: call again while it is `limit`.
    @discardableResult
    public func prune(
        endedBefore moment: Timestamp, dead: Bool = false, limit: Int = 1_000, in session: any WriteSession
    ) throws -> Int {
        let limit = min(max(limit, 1), 10_000)
        var ids: [MessageID] = []
        if dead {
            for kind in MessageKind.allCases where ids.count < limit {
                ids += try forget("kind = \(kind) AND state = 'dead'", before: moment, limit - ids.count, in: session)
            }
        } else {
            ids = try forget("state = 'delivered'", before: moment, limit, in: session)
        }
        try session.execute("DELETE FROM outbox_attempts WHERE message_id IN (\(list: ids))")
        return ids.count
    }

    /// Takes out of a message that is nobody's what it says and to whom; that it was there is kept. To be given as
    /// ``Ended`` where such messages tell secrets: afterwards it cannot be replayed.
    public static func blankOwnerless(_ id: MessageID, _ state: MessageState, in session: any WriteSession) throws {
        try session.execute("UPDATE outbox_messages SET content = '{}' WHERE id = \(id) AND owner IS NULL")
    }

    /// Takes out an owner's messages, also those that were not sent yet: nobody is to be written to any more.
    ///
    /// - Returns: how many went: call again while it is `limit`.
    @discardableResult
    public func erase(of owner: AccountID, limit: Int = 1_000, in session: any WriteSession) throws -> Int {
        let ids: [MessageID] = try session.rows(
            """
            DELETE FROM outbox_messages WHERE id IN (
                SELECT id FROM outbox_messages WHERE owner = \(owner) LIMIT \(limit))
            RETURNING id
            """
        ).map { try $0.get("id") }
        try session.execute("DELETE FROM outbox_attempts WHERE message_id IN (\(list: ids))")
        return ids.count
    }

    private func forget(
        _ which: SQL, before moment: Timestamp, _ limit: Int, in session: any WriteSession
    ) throws -> [MessageID] {
        try session.rows(
            """
            DELETE FROM outbox_messages WHERE id IN (
                SELECT id FROM outbox_messages WHERE \(which) AND ended_at < \(moment) ORDER BY ended_at LIMIT \(limit))
            RETURNING id
            """
        ).map { try $0.get("id") }
    }
}
