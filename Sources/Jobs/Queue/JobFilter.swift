import Storage

/// Which jobs are asked for; nil for any.
public struct JobFilter: Equatable, Sendable {
    /// As the queue keeps them.
    public enum State: String, CaseIterable, Sendable {
        case scheduled, ready
        case running = "leased"
        case retryable, succeeded, cancelled, dead
    }

    public var state: State?
    public var queue: String?
    public var kind: String?
    public var owner: AccountID?

    public init(state: State? = nil, queue: String? = nil, kind: String? = nil, owner: AccountID? = nil) {
        (self.state, self.queue, self.kind, self.owner) = (state, queue, kind, owner)
    }

    fileprivate var condition: SQL {
        var condition: SQL = ""
        func require(_ term: SQL) { condition = "\(condition) AND \(term)" }
        if let state { require("state = \(state.rawValue)") }
        if let queue { require("queue = \(queue)") }
        if let kind { require("kind = \(kind)") }
        if let owner { require("owner = \(owner)") }
        return condition
    }
}

extension JobQueue {
    /// Jobs, those that were enqueued last first.
    ///
    /// - Complexity: one step for each job that is newer than the last of the page, whether it is asked for or not.
    public func list(
        _ filter: JobFilter, _ page: PageRequest = PageRequest(), in session: any ReadSession
    ) throws -> Page<Job> {
        let rows = try session.rows(
            """
            SELECT * FROM jobs WHERE created_at > \(Timestamp(milliseconds: .min)) \(filter.condition) \(page.newestFirst)
            """)
        return Page(try rows.map(Job.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }
}

extension JobFilter.State {
    public init(_ state: JobState) {
        self =
            switch state {
            case .scheduled: .scheduled
            case .ready: .ready
            case .leased: .running
            case .retryable: .retryable
            case .succeeded: .succeeded
            case .cancelled: .cancelled
            case .dead: .dead
            }
    }
}
