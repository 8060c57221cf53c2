import Storage

/// Which events a list is of; nil for any.
public struct WebhookFilter: Equatable, Sendable {
    public var outcome: WebhookOutcome?
    /// The provider's name of what happened, whole.
    public var type: String?
    public var customer: CustomerID?

    public init(outcome: WebhookOutcome? = nil, type: String? = nil, customer: CustomerID? = nil) {
        (self.outcome, self.type, self.customer) = (outcome, type, customer)
    }

    fileprivate var condition: SQL {
        var condition: SQL = ""
        func require(_ term: SQL) { condition = "\(condition) AND \(term)" }
        if let outcome { require("outcome = \(outcome)") }
        if let type { require("type = \(type)") }
        if let customer { require("customer = \(customer)") }
        return condition
    }
}

extension WebhookIntake {
    /// How long an event is kept: the provider tries for days, operators look for weeks.
    public static let keeps = Duration.seconds(90 * 86_400)

    public func find(_ id: EventID, in session: any ReadSession) throws(DatabaseError) -> WebhookEvent? {
        guard let row = try session.row("SELECT \(WebhookEvent.columns) FROM webhook_events WHERE id = \(id)") else {
            return nil
        }
        return try WebhookEvent(row)
    }

    /// Events, by when they first came, newest first.
    public func list(
        _ filter: WebhookFilter = WebhookFilter(), _ page: PageRequest = PageRequest(), in session: any ReadSession
    ) throws -> Page<WebhookEvent> {
        let rows = try session.rows(
            """
            SELECT \(WebhookEvent.columns) FROM webhook_events
            WHERE created_at > \(Timestamp(milliseconds: .min)) \(filter.condition) \(page.newestFirst)
            """)
        return Page(try rows.map(WebhookEvent.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    /// Takes an event once more as it came first.
    ///
    /// - Parameter force: does its effect again though it was done.
    /// - Returns: what became of it now; ``WebhookOutcome/duplicate`` where its effect was done before, and is not again.
    public func replay(_ id: EventID, force: Bool = false) async throws -> WebhookOutcome {
        try await database.write { try replay(id, force: force, in: $0) }
    }

    public func replay(_ id: EventID, force: Bool = false, in session: any WriteSession) throws -> WebhookOutcome {
        let row = try session.row("SELECT outcome, body FROM webhook_events WHERE id = \(id) \(.forUpdate)")
        guard let row else { throw WebhookIntakeError.notFound(id) }
        guard let body = try row.get(optional: "body", as: [UInt8].self) else {
            throw WebhookIntakeError.notReplayable(id)
        }
        guard let event = try? provider.event(from: body) else { throw WebhookIntakeError.unreadable }
        let known: WebhookOutcome = try row.get("outcome")
        guard known == .applied || known == .stale, !force else { return try settle(event, in: session) }
        return .duplicate
    }

    /// Forgets what came longer ago than ``keeps``.
    ///
    /// - Parameter limit: of events at once.
    /// - Returns: how many events were forgotten; where it is the limit there may be more.
    @discardableResult
    public func purge(limit: Int = 1_000) async throws -> Int {
        let before = clock.now() - Self.keeps
        return try await database.write { session in
            try session.execute(
                """
                DELETE FROM webhook_events WHERE id IN (
                    SELECT id FROM webhook_events WHERE created_at < \(before) ORDER BY created_at LIMIT \(limit))
                """)
        }
    }

    /// Forgets the pictures from longer ago than ``keeps`` that decide nothing any more. It looks at all subscriptions: daily is
    /// often enough.
    ///
    /// - Parameter limit: of subscriptions in one transaction: who writes meanwhile waits for it.
    public func forgetPictures(limit: Int = 200) async throws {
        let before = clock.now() - Self.keeps
        var last: SubscriptionID?
        repeat {
            try Task.checkCancellation()
            last = try await database.write { [last] session in
                try subscriptions.forgetPictures(before: before, after: last, limit: limit, in: session)
            }
        } while last != nil
    }
}
