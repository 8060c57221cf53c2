import Storage

/// Jobs in a database: at least once, with fencing so that effects apply once.
///
/// Every call that changes state takes the open transaction, so that a job is enqueued, and ends,
/// together with the data it belongs to. Decisions are ``JobCourse``'s; here is only SQL.
///
/// What only moves jobs on, and so holds each row that it decides on, is written at ``WriteIsolation/readCommitted``.
public struct JobQueue: Sendable {
    /// Of kinds of jobs that have none of their own.
    public let policy: RetryPolicy
    private let policies: [String: RetryPolicy]
    package let database: any Database
    package let clock: any WallClock
    let signals: any ChangeSignals
    let observer: JobObserver?

    /// Make one, and share it: by its signals the parts of a program hear of each other.
    ///
    /// - Parameters:
    ///   - policies: of kinds of jobs; all programs on the database should agree on them.
    ///   - signals: tell idle workers that there may be work. Those of this process alone go with an embedded
    ///     database; between processes, queues on one database hear of each other by the signals of its server.
    ///   - observer: hears what becomes of jobs that are somebody's.
    public init(
        _ database: any Database, policy: RetryPolicy = .init(), policies: [String: RetryPolicy] = [:],
        signals: any ChangeSignals = LocalSignals(),
        clock: any WallClock = SystemClock(), observer: JobObserver? = nil
    ) {
        (self.database, self.policy, self.policies) = (database, policy, policies)
        (self.signals, self.clock, self.observer) = (signals, clock, observer)
    }

    /// The one that jobs of this kind follow.
    public func policy(of kind: String) -> RetryPolicy { policies[kind] ?? policy }

    /// On which workers are told.
    static let topic = SignalTopic(wellFormed: "jobs")
    /// On which those are told who wait for the end of a job.
    static let endings = SignalTopic(wellFormed: "jobs:ended")
    /// What becomes of the key of a unique job: it is kept aside, in case the job is replayed.
    static let keysAfterEnd: SQL = """
        former_key = CASE WHEN unique_key LIKE 'open:%' THEN unique_key END,
        unique_key = CASE WHEN unique_key LIKE 'open:%' THEN NULL ELSE unique_key END
        """

    /// As this one, with the policies of handlers for the kinds that have none.
    func adding(policiesOf handlers: JobHandlers) -> JobQueue {
        let policies = handlers.policies.merging(policies) { _, own in own }
        return JobQueue(
            database, policy: policy, policies: policies, signals: signals, clock: clock, observer: observer)
    }

    /// - Returns: nil when there is no such job, or it is another's.
    public func find(_ id: JobID, of owner: AccountID, in session: any ReadSession) throws(DatabaseError) -> Job? {
        try session.row("SELECT * FROM jobs WHERE id = \(id) AND owner = \(owner)").map(Job.init)
    }

    public func find(_ id: JobID, in session: any ReadSession) throws(DatabaseError) -> Job? {
        try session.row("SELECT * FROM jobs WHERE id = \(id)").map(Job.init)
    }

    /// An owner's jobs, newest first.
    ///
    /// - Parameters:
    ///   - status: only those that stand so.
    ///   - kind: only those.
    /// - Complexity: one step for each of the owner's jobs that is newer than the last of the page, whether it is asked for
    ///   or not.
    public func list(
        of owner: AccountID, _ page: PageRequest, status: JobStatus? = nil, kind: String? = nil,
        in session: any ReadSession
    ) throws(DatabaseError) -> Page<Job> {
        let states: SQL = status.map { "AND state IN (\(list: JobSchema.states(of: $0)))" } ?? ""
        let kinds: SQL = kind.map { "AND kind = \($0)" } ?? ""
        let rows = try session.rows(
            """
            SELECT * FROM jobs WHERE owner = \(owner) \(states) \(kinds) \(page.newestFirst)
            """)
        var jobs: [Job] = []
        for row in rows { jobs.append(try Job(row)) }
        return Page(jobs, limit: page.limit) { PageCursor(createdAt: $0.createdAt, id: $0.id.text) }
    }
}
