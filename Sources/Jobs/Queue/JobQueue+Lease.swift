import Storage

extension JobQueue {
    /// The most jobs that one claim takes.
    public static let largestClaim = 100

    /// Takes the next job of `queues` for `worker`, in one transaction.
    public func claim(from queues: [String], by worker: String) async throws -> Job? {
        try await claim(from: queues, by: worker, upTo: 1).first
    }

    /// Takes the next jobs of `queues` for `worker`, in one transaction: much less work for the database than one by one.
    ///
    /// - Parameter limit: at most ``largestClaim``.
    /// - Returns: in the order in which they are due; none when there is no work.
    public func claim(from queues: [String], by worker: String, upTo limit: Int) async throws -> [Job] {
        try await claim(Set(queues).sorted().map { QueueDemand($0, atMost: limit) }, by: worker, upTo: limit)
    }

    /// As ``claim(from:by:upTo:)``, with a share for each queue.
    public func claim(_ demands: [QueueDemand], by worker: String, upTo limit: Int) async throws -> [Job] {
        let now = clock.now()
        let (limit, demands) = (min(limit, Self.largestClaim), demands.filter { $0.limit > 0 })
        guard limit > 0, !demands.isEmpty else { return [] }
        // Most polls find nothing: looking first keeps idle workers away from the write lock.
        guard try await database.read({ try hasWork(in: demands.map(\.queue), at: now, $0) }) else { return [] }
        return try await database.write(.readCommitted) { session in
            try promoteDue(at: now, in: session)
            return try take(limit, for: demands, by: worker, at: now, in: session)
        }
    }

    /// Extends the lease.
    ///
    /// - Returns: whether the job is to be stopped because its cancellation was requested.
    /// - Throws: ``LeaseLost`` when the job has gone to another.
    public func heartbeat(_ job: Job) async throws -> Bool {
        let now = clock.now()
        return try await database.write(.readCommitted) { session in
            try apply(.heartbeat(token: job.course.token, at: now), to: job.id, at: now, in: session)
                .course.isCancelRequested
        }
    }

    /// Applies an event of the holder, in the transaction that holds the effects.
    ///
    /// - Returns: the job as it stands now.
    /// - Throws: ``LeaseLost`` when the event's token is not that of the present lease: the caller's transaction
    ///   must not be kept.
    @discardableResult
    public func apply(
        _ event: JobEvent, to id: JobID, detail: String? = nil, in session: any WriteSession
    ) throws
        -> Job
    {
        try apply(event, to: id, detail: detail, at: clock.now(), in: session)
    }

    /// Ends the leases that ran out.
    ///
    /// - Parameter ended: called in the same transaction for each job that is thereby given up.
    /// - Returns: how many leases were ended.
    @discardableResult
    public func reclaimExpired(ended: @escaping @Sendable (Job, any WriteSession) throws -> Void) async throws -> Int {
        let now = clock.now()
        let expired: SQL = "FROM jobs WHERE state = 'leased' AND lease_until <= \(now)"
        guard try await database.read({ try $0.row("SELECT id \(expired) LIMIT 1") }) != nil else { return 0 }
        return try await database.write { session in
            let rows = try session.rows("SELECT * \(expired) \(.skipLocked)")
            for row in rows {
                let job = try advance(Job(row), .leaseExpired(at: now), at: now, in: session)
                if job.course.state.isFinal { try ended(job, session) }
            }
            return rows.count
        }
    }

    /// Asks for a job to be stopped. One that waits ends at once, one that runs is told at its next heartbeat.
    public func cancel(_ id: JobID, in session: any WriteSession) throws -> Job {
        try apply(.cancelRequested, to: id, in: session)
    }

    private func apply(
        _ event: JobEvent, to id: JobID, detail: String? = nil, at now: Timestamp, in session: any WriteSession
    ) throws -> Job {
        // Held, so that nothing comes between the decision and the change.
        let row = try session.row("SELECT * FROM jobs WHERE id = \(id) \(.forUpdate)")
        guard let job = try row.map(Job.init) else { throw JobQueueError.notFound(id) }
        return try advance(job, event, detail: detail, at: now, in: session)
    }

    private func advance(
        _ job: Job, _ event: JobEvent, detail: String? = nil, at now: Timestamp, in session: any WriteSession
    ) throws -> Job {
        let course: JobCourse
        do {
            course = try job.course.applying(event, policy(of: job.kind))
        } catch {
            guard event.token != nil else { throw error }
            throw LeaseLost(job: job.id)
        }
        let stored = try store(course, of: job, event, at: now, in: session)
        if let lease = job.course.lease, course.lease == nil {
            let reason = detail ?? event.reason(endingIn: course.state)
            try record(event, reason, of: job, lease, at: now, in: session)
        }
        return stored
    }

    /// The old token is compared once more in the statement itself: whatever read the row before, only the present
    /// holder's change is kept.
    private func store(
        _ course: JobCourse, of job: Job, _ event: JobEvent, at now: Timestamp, in session: any WriteSession
    ) throws -> Job {
        let completedAt = course.state.isFinal ? now : nil
        let key = course.state.isFinal ? Self.keyAfterEnd : "unique_key"
        let row = try session.row(
            """
            UPDATE jobs SET state = \(course.stateName), run_at = COALESCE(\(course.runAt), run_at),
                attempts = \(course.attempts), lost_leases = \(course.lostLeases), crashes = \(course.crashes),
                lease_token = \(course.token), lease_worker = \(course.lease?.worker),
                lease_until = \(course.lease?.until), cancel_requested = \(course.isCancelRequested),
                error = \(event.reason(endingIn: course.state) ?? job.error), completed_at = \(completedAt),
                unique_key = \(key)
            WHERE id = \(job.id) AND lease_token = \(job.course.token) AND state = \(job.course.stateName)
            RETURNING *
            """)
        guard let row else { throw LeaseLost(job: job.id) }
        if course.state == .ready { try signals.signal(Self.topic, in: session) }
        if course.state.isFinal { try signals.signal(Self.endings, in: session) }
        return try Job(row)
    }

    private func record(
        _ event: JobEvent, _ reason: String?, of job: Job, _ lease: Lease, at now: Timestamp,
        in session: any WriteSession
    ) throws {
        try session.execute(
            """
            INSERT INTO job_attempts (job_id, token, worker, started_at, ended_at, outcome, reason)
            VALUES (\(job.id), \(lease.token), \(lease.worker), \(job.startedAt), \(now), \(event.name),
                \(reason))
            """)
    }

    private func hasWork(in queues: [String], at now: Timestamp, _ session: any ReadSession) throws -> Bool {
        let open = Set(queues).subtracting(try paused(of: queues, in: session)).sorted()
        return try session.row(
            """
            SELECT 1 AS found WHERE EXISTS (
                SELECT 1 FROM jobs WHERE state = 'ready' AND queue IN (\(list: open)))
            OR EXISTS (SELECT 1 FROM jobs WHERE state IN ('scheduled', 'retryable') AND run_at <= \(now))
            """) != nil
    }

    /// The bulk form of ``JobEvent/due(at:)``.
    private func promoteDue(at now: Timestamp, in session: any WriteSession) throws {
        try session.execute(
            "UPDATE jobs SET state = 'ready' WHERE state IN ('scheduled', 'retryable') AND run_at <= \(now)")
    }

    /// The bulk form of ``JobEvent/claimed(by:at:)``.
    private func take(
        _ limit: Int, for demands: [QueueDemand], by worker: String, at now: Timestamp, in session: any WriteSession
    ) throws -> [Job] {
        let due = try firstReady(limit, for: demands, in: session)
        var claimed: [JobID: Job] = [:]
        // Kinds whose leases are equally long, and those are most often all, are claimed by one statement.
        for (lease, some) in Dictionary(grouping: due, by: { policy(of: $0.kind).lease }) {
            let rows = try session.rows(
                """
                UPDATE jobs SET state = 'leased', attempts = attempts + 1, lease_token = lease_token + 1,
                    lease_worker = \(worker), lease_until = \(now + lease), started_at = \(now), progress = NULL,
                    progress_note = NULL
                WHERE id IN (\(list: some.map(\.id))) RETURNING *
                """)
            for job in try rows.map(Job.init) { claimed[job.id] = job }
        }
        return due.compactMap { claimed[$0.id] }
    }

    /// Each queue is asked for itself, along its index: a question about several would sort all that is ready in them.
    private func firstReady(
        _ limit: Int, for demands: [QueueDemand], in session: any WriteSession
    ) throws -> [ReadyJob] {
        let paused = try paused(of: demands.map(\.queue), in: session)
        var (heads, count) = ([QueueDemand.Line](), 0)
        for demand in demands where !paused.contains(demand.queue) {
            // SKIP LOCKED: workers polling at once take different jobs instead of waiting.
            let rows = try session.rows(
                """
                SELECT id, kind, priority, turn FROM jobs WHERE state = 'ready' AND queue = \(demand.queue)
                ORDER BY priority DESC, turn, id LIMIT \(min(limit, demand.limit)) \(.skipLocked)
                """)
            heads.append(QueueDemand.Line(demand, try rows.map(ReadyJob.init)))
            count += rows.count
        }
        let due = QueueDemand.merge(heads, limit)
        // Others passed over what is held here and not taken: they are told to look again.
        if count > due.count { try signals.signal(Self.topic, in: session) }
        return due
    }
}

/// The worker no longer holds the job: what it did must not be kept.
public struct LeaseLost: Error, Equatable, Sendable {
    public let job: JobID

    public init(job: JobID) {
        self.job = job
    }
}

extension JobEvent {
    fileprivate var token: Int? {
        switch self {
        case .heartbeat(let token, _), .succeeded(let token), .failed(let token, _, _, _),
            .failedForGood(let token, _), .crashed(let token, _, _, _), .released(let token), .stopped(let token):
            token
        case .due, .claimed, .leaseExpired, .cancelRequested, .hurried, .replayed: nil
        }
    }

    fileprivate func reason(endingIn state: JobState) -> String? {
        switch self {
        case .failed(_, _, let reason, _), .failedForGood(_, let reason), .crashed(_, _, let reason, _): reason
        default: if case .dead(let reason) = state { reason } else { nil }
        }
    }

    var name: String {
        switch self {
        case .due: "due"
        case .claimed: "claimed"
        case .heartbeat: "heartbeat"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .failedForGood: "failed for good"
        case .crashed: "crashed"
        case .released: "released"
        case .leaseExpired: "lease expired"
        case .cancelRequested: "cancel requested"
        case .stopped: "stopped"
        case .hurried: "hurried"
        case .replayed: "replayed"
        }
    }
}
