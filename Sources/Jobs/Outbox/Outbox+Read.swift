import Storage

/// Which messages a list is of.
public struct MessageFilter: Equatable, Sendable {
    public var owner: AccountID?
    public var kind: MessageKind?
    public var status: MessageStatus?

    /// - Parameters: nil for all.
    public init(owner: AccountID? = nil, kind: MessageKind? = nil, status: MessageStatus? = nil) {
        (self.owner, self.kind, self.status) = (owner, kind, status)
    }
}

extension Outbox {
    public func find(_ id: MessageID, in session: any ReadSession) throws(DatabaseError) -> OutgoingMessage? {
        try session.row("SELECT * FROM outbox_messages WHERE id = \(id)").map(OutgoingMessage.init)
    }

    /// - Returns: nil when there is no such message, or it is another's.
    public func find(
        _ id: MessageID, of owner: AccountID, in session: any ReadSession
    ) throws(DatabaseError) -> OutgoingMessage? {
        try session.row("SELECT * FROM outbox_messages WHERE id = \(id) AND owner = \(owner)").map(OutgoingMessage.init)
    }

    /// The attempts at a message that ended, oldest first, also those before it was replayed.
    public func history(of id: MessageID, in session: any ReadSession) throws -> [DeliveryAttempt] {
        try session.rows("SELECT * FROM outbox_attempts WHERE message_id = \(id) ORDER BY token")
            .map(DeliveryAttempt.init)
    }

    /// Messages, newest first.
    ///
    /// - Complexity: reads a page of rows, and a page of an index for each kind and state that is asked for; of an owner's
    ///   messages, all those that are newer than the last on the page.
    public func list(
        _ filter: MessageFilter = MessageFilter(), _ page: PageRequest = PageRequest(), in session: any ReadSession
    ) throws -> Page<OutgoingMessage> {
        let (kinds, states) = (filter.kind.map { [$0] }, filter.status.map { [$0] })
        let messages: [OutgoingMessage]
        if let owner = filter.owner {
            messages = try session.rows(
                """
                SELECT * FROM outbox_messages WHERE owner = \(owner)
                    AND kind IN (\(list: kinds ?? MessageKind.allCases))
                    AND state IN (\(list: states ?? MessageStatus.allCases)) \(page.newestFirst)
                """
            ).map(OutgoingMessage.init)
        } else {
            let ids = try newest(kinds ?? MessageKind.allCases, states ?? MessageStatus.allCases, page, in: session)
            messages = try session.rows(
                """
                SELECT * FROM outbox_messages WHERE id IN (\(list: ids)) ORDER BY created_at DESC, id DESC
                """
            ).map(OutgoingMessage.init)
        }
        return Page(messages, limit: page.limit) { PageCursor(createdAt: $0.createdAt, id: $0.id.text) }
    }

    /// Each kind and state is asked for itself, along the index: a question about several would sort all of them. Messages may
    /// be large: only those of the page are read.
    private func newest(
        _ kinds: [MessageKind], _ states: [MessageStatus], _ page: PageRequest, in session: any ReadSession
    ) throws -> [MessageID] {
        var found: [(createdAt: Timestamp, id: MessageID)] = []
        for kind in kinds {
            for state in states {
                found += try session.rows(
                    """
                    SELECT created_at, id FROM outbox_messages WHERE kind = \(kind) AND state = \(state) \(page.newestFirst)
                    """
                ).map { (try $0.get("created_at"), try $0.get("id")) }
            }
        }
        found.sort { a, b in (b.createdAt, b.id.text) < (a.createdAt, a.id.text) }
        return found.prefix(page.limit + 1).map(\.id)
    }

    /// How many messages stand where, by kind and state; where there are none is left out.
    ///
    /// - Parameter states: that are counted. Those that were delivered are the most by far.
    /// - Complexity: O(messages in those states), along an index.
    public func counts(
        of states: [MessageStatus] = MessageStatus.allCases, in session: any ReadSession
    ) throws -> [MessageCount] {
        var counts: [MessageCount] = []
        for kind in MessageKind.allCases {
            for state in states {
                let row = try session.row(
                    "SELECT COUNT(*) AS count FROM outbox_messages WHERE kind = \(kind) AND state = \(state)")
                let count = try row?.get("count", as: Int.self) ?? 0
                if count > 0 { counts.append(MessageCount(kind: kind, status: state, count: count)) }
            }
        }
        return counts
    }

    /// What failed lately, by kind, for alerts; kinds of which nothing failed are left out.
    public func failures(since moment: Timestamp, in session: any ReadSession) throws -> [MessageFailures] {
        try session.rows(
            """
            SELECT kind, COUNT(*) AS attempts, COUNT(DISTINCT message_id) AS messages,
                SUM(CASE WHEN outcome = 'dead' THEN 1 ELSE 0 END) AS dead
            FROM outbox_attempts WHERE ended_at >= \(moment) AND outcome <> 'delivered' GROUP BY kind ORDER BY kind
            """
        ).map { row in
            MessageFailures(
                kind: try row.get("kind"), attempts: try row.get("attempts"), messages: try row.get("messages"),
                dead: try row.get("dead"))
        }
    }
}

public struct MessageCount: Equatable, Sendable {
    public let kind: MessageKind
    public let status: MessageStatus
    public let count: Int
}

/// What failed of one kind, within a window.
public struct MessageFailures: Equatable, Sendable {
    public let kind: MessageKind
    /// Attempts that failed.
    public let attempts: Int
    /// Messages of which at least one did, whether they were delivered later or not.
    public let messages: Int
    /// Attempts that were the last: how often a message was given up.
    public let dead: Int
}
