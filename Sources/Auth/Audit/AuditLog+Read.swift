import Storage

/// Which entries are asked for; nil for any.
public struct AuditFilter: Sendable, Equatable {
    public var action: AuditAction?
    public var actor: AuditActor?
    public var subject: AccountID?
    /// Not older.
    public var since: Timestamp?
    /// Older.
    public var before: Timestamp?

    public init(
        action: AuditAction? = nil, actor: AuditActor? = nil, subject: AccountID? = nil, since: Timestamp? = nil,
        before: Timestamp? = nil
    ) {
        (self.action, self.actor, self.subject) = (action, actor, subject)
        (self.since, self.before) = (since, before)
    }

    fileprivate var condition: SQL {
        var condition: SQL = ""
        func require(_ term: SQL) { condition = "\(condition) AND \(term)" }
        if let action { require("action = \(action)") }
        if let subject { require("subject_id = \(subject)") }
        if let actor = actor?.columns {
            require("actor_kind = \(actor.kind)")
            if let id = actor.id { require("actor_id = \(id)") }
        }
        if let since { require("created_at >= \(since)") }
        if let before { require("created_at < \(before)") }
        return condition
    }
}

extension AuditLog {
    /// What happened to the account of `user`, the newest first: for themself.
    public func list(
        of user: AccountID, _ page: PageRequest = PageRequest(), in session: any ReadSession
    ) throws -> Page<AuditEntry> {
        try list(AuditFilter(subject: user), page, in: session)
    }

    /// What happened to all accounts, the newest first: for those who look after them.
    public func list(
        _ filter: AuditFilter = AuditFilter(), _ page: PageRequest = PageRequest(), in session: any ReadSession
    ) throws -> Page<AuditEntry> {
        let rows = try session.rows(
            """
            SELECT \(AuditEntry.columns) FROM audit_log
            WHERE created_at > \(Timestamp(milliseconds: .min)) \(filter.condition) \(page.newestFirst)
            """)
        return Page(try rows.map(AuditEntry.init), limit: page.limit, cursor: \.cursor)
    }

    /// Hands over all that happened to the account of `user`, the newest first, one by one: for the export, as there
    /// may be more than fits into memory.
    public func each(of user: AccountID, in session: any ReadSession, _ body: (AuditEntry) throws -> Void) throws {
        try session.each(
            """
            SELECT \(AuditEntry.columns) FROM audit_log WHERE subject_id = \(user)
            ORDER BY created_at DESC, id DESC
            """
        ) { try body(AuditEntry($0)) }
    }
}
