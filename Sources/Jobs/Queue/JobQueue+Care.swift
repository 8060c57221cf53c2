import Storage

/// One attempt at a job that is over.
public struct JobAttempt: Equatable, Sendable {
    /// Of the lease: grows with each attempt.
    public let token: Int
    public let worker: String
    public let startedAt: Timestamp?
    public let endedAt: Timestamp
    /// As `succeeded`, `failed`, `crashed`, `lease expired`.
    public let outcome: String
    /// For operators: it may name files or statements.
    public let reason: String?
}

/// What operators do by hand.
extension JobQueue {
    /// The attempts at a job that are over, the first one first.
    public func history(of id: JobID, in session: any ReadSession) throws -> [JobAttempt] {
        try session.rows("SELECT * FROM job_attempts WHERE job_id = \(id) ORDER BY token").map { row in
            JobAttempt(
                token: try row.get("token"), worker: try row.get("worker"),
                startedAt: try row.get(optional: "started_at"), endedAt: try row.get("ended_at"),
                outcome: try row.get("outcome"), reason: try row.get(optional: "reason"))
        }
    }

    /// Does at once what waits for its time: a retry, or a job that was enqueued for later.
    ///
    /// - Throws: ``JobQueueError/notFound(_:)``, ``InvalidTransition`` where nothing waits.
    @discardableResult
    public func hurry(_ id: JobID, in session: any WriteSession) throws -> Job {
        try apply(.hurried, to: id, in: session)
    }

    /// Gives a dead job all its attempts again.
    ///
    /// - Parameter handlers: they hold once more what they gave back when it died.
    /// - Throws: ``JobQueueError/notFound(_:)``, ``JobQueueError/replaced(_:by:)``, ``InvalidTransition`` for a job that is
    ///   not dead, and what its handler throws.
    @discardableResult
    public func replay(
        _ id: JobID, _ handlers: JobHandlers = JobHandlers(), in session: any WriteSession
    ) throws -> Job {
        let job = try apply(.replayed, to: id, in: session)
        try handlers.replay(job, in: session)
        return job
    }

    /// The dead letters, those that died last first.
    ///
    /// - Parameter queue: nil for all.
    public func dead(
        of queue: String? = nil, _ page: PageRequest = PageRequest(), in session: any ReadSession
    ) throws -> Page<Job> {
        let only: SQL = queue.map { "AND queue = \($0)" } ?? ""
        let before: SQL =
            page.after.map { "AND (completed_at, id) < (\($0.createdAt), \($0.id))" } ?? ""
        let rows = try session.rows(
            """
            SELECT * FROM jobs WHERE state = 'dead' \(only) \(before)
            ORDER BY completed_at DESC, id DESC LIMIT \(page.limit + 1)
            """)
        return Page(try rows.map(Job.init), limit: page.limit) {
            PageCursor(createdAt: $0.completedAt ?? $0.createdAt, id: $0.id.text)
        }
    }

    /// Forgets jobs that ended longer ago, with their attempts; dead ones only when asked. One that is to be the only one of
    /// its stretch of time is kept until that is over.
    ///
    /// - Parameters:
    ///   - oldest: jobs that ended before go.
    ///   - kind: only those of it; nil for all.
    ///   - limit: at most so many at once, so that nobody waits long for the rows.
    /// - Returns: how many went: call again while it is `limit`.
    @discardableResult
    public func prune(
        endedBefore oldest: Timestamp, dead: Bool = false, kind: String? = nil, limit: Int = 1000,
        in session: any WriteSession
    ) throws -> Int {
        let states: SQL = dead ? "state = 'dead'" : "state IN ('succeeded', 'cancelled')"
        let ids = try session.rows(
            """
            SELECT id FROM jobs WHERE state IN ('succeeded', 'cancelled', 'dead') AND \(states) \(condition(kind.map { [$0] }))
            AND completed_at < \(oldest) AND (unique_until IS NULL OR unique_until <= \(clock.now())) ORDER BY completed_at LIMIT \(limit)
            """
        ).map { try $0.get("id", as: JobID.self) }
        try forget(ids, in: session)
        return ids.count
    }

    /// Takes out an owner's jobs: those that wait are cancelled, those that run are asked to stop, what has ended is
    /// forgotten, however long ago.
    ///
    /// - Parameters:
    ///   - handlers: what they hold for jobs that wait is given back.
    ///   - limit: at most so many at once: call again until there are none.
    /// - Returns: how many there were, and how many of them still run.
    public func erase(
        of owner: AccountID, _ handlers: JobHandlers = JobHandlers(), limit: Int = 100, in session: any WriteSession
    ) throws -> (found: Int, running: Int) {
        let jobs = try session.rows("SELECT * FROM jobs WHERE owner = \(owner) ORDER BY created_at, id LIMIT \(limit)")
            .map(Job.init)
        var (ended, running) = ([JobID](), 0)
        for job in jobs {
            var now = job
            if job.completedAt == nil, !job.course.isCancelRequested {
                now = try cancel(job.id, handlers, in: session)
            }
            if now.completedAt != nil { ended.append(job.id) } else { running += 1 }
        }
        try forget(ended, in: session)
        return (jobs.count, running)
    }

    private func forget(_ ids: [JobID], in session: any WriteSession) throws {
        for some in ids.chunks(of: Self.largestClaim) {
            try session.execute("DELETE FROM job_attempts WHERE job_id IN (\(list: Array(some)))")
            try session.execute("DELETE FROM jobs WHERE id IN (\(list: Array(some)))")
        }
    }
}
