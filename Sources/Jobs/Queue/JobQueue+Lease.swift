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
    ///
    /// - Parameter kinds: of which the worker knows how to do them; nil for all.
    public func claim(
        _ demands: [QueueDemand], of kinds: Set<String>? = nil, by worker: String, upTo limit: Int
    ) async throws -> [Job] {
        let (limit, demands) = (min(limit, Self.largestClaim), demands.filter { $0.limit > 0 })
        guard limit > 0, !demands.isEmpty else { return [] }
        if database.hasOneWriter {
            // Most polls find nothing: looking first keeps idle workers away from the write lock.
            let isWorthwhile = try await database.read { try look(at: demands.map(\.queue), kinds, $0) }
            guard isWorthwhile else { return [] }
        }
        return try await database.write(.readCommitted) { session in
            try claim(demands, of: kinds, by: worker, upTo: limit, in: session)
        }
    }

    /// As ``claim(_:of:by:upTo:)``, in a transaction that others need not wait for.
    func claim(
        _ demands: [QueueDemand], of kinds: Set<String>?, by worker: String, upTo limit: Int,
        in session: any WriteSession
    ) throws -> [Job] {
        if try isAnyDue(in: session) { try promoteDue(in: session) }
        return try take(limit, for: demands, of: kinds, by: worker, in: session)
    }

    /// Extends the lease.
    ///
    /// - Returns: whether the job is to be stopped because its cancellation was requested.
    /// - Throws: ``LeaseLost`` when the job has gone to another.
    public func heartbeat(_ job: Job) async throws -> Bool {
        try await database.write(.readCommitted) { session in
            try apply(.heartbeat(token: job.course.token, at: clock.now()), to: job.id, in: session)
                .course.isCancelRequested
        }
    }

    /// What became of a lease that was to be extended.
    enum HeartbeatAnswer: Sendable {
        case extended
        /// Extended; the job is to be stopped, because its cancellation was requested.
        case cancelled
        /// The job has gone to another.
        case lost
        /// Held by another transaction, as by that which ends the job, and left alone.
        case busy
    }

    /// Extends leases, in one transaction that waits for no other.
    ///
    /// - Returns: an answer for each.
    func heartbeat(_ jobs: [Job]) async throws -> [HeartbeatAnswer] {
        try await database.write(.readCommitted) { session in
            let ids = jobs.map(\.id)
            var free: [JobID: Job] = [:]
            for row in try session.rows(
                "SELECT * FROM jobs WHERE state = 'leased' AND id IN (\(list: ids)) ORDER BY id \(.skipLocked)")
            {
                // One that cannot be read keeps no other from its heartbeat.
                if let job = try? Job(row) { free[job.id] = job }
            }
            var tokens: [JobID: Int] = [:]
            for row in try session.rows(
                "SELECT id, lease_token FROM jobs WHERE state = 'leased' AND id IN (\(list: ids))")
            {
                tokens[try row.get("id")] = try row.get("lease_token")
            }
            return try jobs.map { job in
                let token = job.course.token
                guard tokens[job.id] == token else { return .lost }
                guard let held = free[job.id] else { return .busy }
                let now = clock.now()
                let next = try advance(held, .heartbeat(token: token, at: now), at: now, in: session)
                return next.course.isCancelRequested ? .cancelled : .extended
            }
        }
    }

    /// Applies an event of the holder, in the transaction that holds the effects.
    ///
    /// - Parameter detail: why, for operators.
    /// - Returns: the job as it stands now.
    /// - Throws: ``LeaseLost`` when the event's token is not that of the present lease: the caller's transaction
    ///   must not be kept.
    @discardableResult
    public func apply(
        _ event: JobEvent, to id: JobID, detail: String? = nil, in session: any WriteSession
    ) throws -> Job {
        // Held, so that nothing comes between the decision and the change.
        let row = try session.row("SELECT * FROM jobs WHERE id = \(id) \(.forUpdate)")
        guard let job = try row.map(Job.init) else {
            // A holder's job that has gone was ended by another, and forgotten.
            throw event.token == nil ? JobQueueError.notFound(id) as any Error : LeaseLost(job: id)
        }
        return try advance(job, event, detail: detail, at: clock.now(), in: session)
    }

    /// Asks for a job to be stopped. One that waits ends at once, one that runs is told at its next heartbeat.
    ///
    /// - Parameter handlers: what they hold for a job that waits is given back.
    @discardableResult
    public func cancel(
        _ id: JobID, _ handlers: JobHandlers = JobHandlers(), in session: any WriteSession
    ) throws -> Job {
        let job = try apply(.cancelRequested, to: id, in: session)
        try handlers.abandon(job, in: session)
        return job
    }

    func advance(
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
            try record(event, reason?.storable(), of: job, lease, at: now, in: session)
        }
        return stored
    }

    /// The old token is compared once more in the statement itself: whatever read the row before, only the present
    /// holder's change is kept.
    private func store(
        _ course: JobCourse, of job: Job, _ event: JobEvent, at now: Timestamp, in session: any WriteSession
    ) throws -> Job {
        let completedAt = course.state.isFinal ? now : nil
        let reason = event.reason(endingIn: course.state)?.storable() ?? job.error
        let row = try session.row(
            """
            UPDATE jobs SET state = \(course.stateName), run_at = COALESCE(\(event.isByHand ? now : course.runAt), run_at),
                turn = \(try turn(after: event, of: job, at: now, in: session)), attempts = \(course.attempts),
                lost_leases = \(course.lostLeases), crashes = \(course.crashes), lease_token = \(course.token),
                lease_worker = \(course.lease?.worker), lease_until = \(course.lease?.until),
                cancel_requested = \(course.isCancelRequested), error = \(reason), completed_at = \(completedAt),
                \(try keys(of: job, becoming: course.state, in: session))
            WHERE id = \(job.id) AND lease_token = \(job.course.token) AND state = \(job.course.stateName)
            RETURNING *
            """)
        guard let row else { throw LeaseLost(job: job.id) }
        if course.state == .ready { try signals.signal(Self.topic, in: session) }
        if course.state.isFinal { try signals.signal(Self.endings, in: session) }
        let stored = try Job(row)
        if stored.course.state.status != job.course.state.status { try tell({ [JobNews(stored)] }, in: session) }
        return stored
    }

    /// A job that did not wait in its line goes to the end of it.
    private func turn(
        after event: JobEvent, of job: Job, at now: Timestamp, in session: any ReadSession
    ) throws -> SQL {
        guard event.isByHand else { return "turn" }
        var turns = OwnerTurns(at: now)
        return "\(try turns.next(of: job.owner, in: job.queue, job.priority, session))"
    }

    /// What becomes of the key of a unique job.
    private func keys(of job: Job, becoming state: JobState, in session: any ReadSession) throws -> SQL {
        if state.isFinal { return Self.keysAfterEnd }
        guard job.course.state.isFinal else { return "unique_key = unique_key" }
        let other = try session.row(
            "SELECT id FROM jobs WHERE unique_key = (SELECT former_key FROM jobs WHERE id = \(job.id))")
        if let other { throw JobQueueError.replaced(job.id, by: try other.get("id")) }
        return "unique_key = COALESCE(former_key, unique_key), former_key = NULL"
    }

    private func record(
        _ event: JobEvent, _ reason: String?, of job: Job, _ lease: Lease, at now: Timestamp,
        in session: any WriteSession
    ) throws {
        try session.execute(
            """
            INSERT INTO job_attempts (job_id, token, worker, started_at, ended_at, outcome, reason, queue)
            VALUES (\(job.id), \(lease.token), \(lease.worker), \(job.startedAt), \(now), \(event.name), \(reason),
                \(job.queue))
            """)
    }

    /// The first moment at which a job that waits for its time is due; nil when none waits.
    func nextDue(in session: any ReadSession) throws -> Timestamp? {
        try session.row("SELECT MIN(run_at) AS due FROM jobs WHERE state IN ('scheduled', 'retryable')")?
            .get(optional: "due")
    }

    private func look(at queues: [String], _ kinds: Set<String>?, _ session: any ReadSession) throws -> Bool {
        let open = Set(queues).subtracting(try paused(of: queues, in: session)).sorted()
        let ready = try session.row(
            """
            SELECT 1 AS found WHERE EXISTS (
                SELECT 1 FROM jobs WHERE state = 'ready' AND queue IN (\(list: open)) \(condition(kinds)))
            """)
        return try ready != nil || isAnyDue(in: session)
    }

    private func isAnyDue(in session: any ReadSession) throws -> Bool {
        try nextDue(in: session).map { $0 <= clock.now() } ?? false
    }

    func condition(_ kinds: Set<String>?) -> SQL {
        kinds.map { "AND kind IN (\(list: $0.sorted()))" } ?? ""
    }

    private static let largestPromotion = 1000

    /// The bulk form of ``JobEvent/due(at:)``: of all queues, whoever serves them. Of a backlog some, so that they can be
    /// started before the rest is due.
    private func promoteDue(in session: any WriteSession) throws {
        let now = clock.now()
        let due = try session.rows(
            """
            SELECT id, state, queue, priority, owner FROM jobs
            WHERE state IN ('scheduled', 'retryable') AND run_at <= \(now)
            ORDER BY run_at LIMIT \(Self.largestPromotion) \(.skipLocked)
            """)
        guard !due.isEmpty else { return }
        var (turns, kept) = (OwnerTurns(at: now), [JobID]())
        for row in due {
            let (id, owner): (JobID, AccountID?) = (try row.get("id"), try row.get(optional: "owner"))
            // A retry has its place in the line, and the service's own need none.
            guard try row.get("state", as: String.self) == "scheduled", owner != nil else {
                kept.append(id)
                continue
            }
            let turn = try turns.next(of: owner, in: row.get("queue"), row.get("priority"), session)
            try session.execute("UPDATE jobs SET state = 'ready', turn = \(turn) WHERE id = \(id)")
        }
        for some in kept.chunks(of: Self.largestClaim) {
            try session.execute("UPDATE jobs SET state = 'ready' WHERE id IN (\(list: Array(some)))")
        }
        try signals.signal(Self.topic, in: session)
    }

    /// The bulk form of ``JobEvent/claimed(by:at:)``.
    private func take(
        _ limit: Int, for demands: [QueueDemand], of kinds: Set<String>?, by worker: String,
        in session: any WriteSession
    ) throws -> [Job] {
        let due = try firstReady(limit, for: demands, kinds, in: session)
        guard !due.isEmpty else { return [] }
        let now = clock.now()
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
        let jobs = due.compactMap { claimed[$0.id] }
        try tell({ jobs.map { JobNews($0) } }, in: session)
        return jobs
    }

    /// Each queue is asked for itself, along its index: a question about several would sort all that is ready in them.
    private func firstReady(
        _ limit: Int, for demands: [QueueDemand], _ kinds: Set<String>?, in session: any WriteSession
    ) throws -> [ReadyJob] {
        let paused = try paused(of: demands.map(\.queue), in: session)
        var (heads, count) = ([QueueDemand.Line](), 0)
        for demand in demands where !paused.contains(demand.queue) {
            // SKIP LOCKED: workers polling at once take different jobs instead of waiting.
            let rows = try session.rows(
                """
                SELECT id, kind, priority, turn FROM jobs WHERE state = 'ready' AND queue = \(demand.queue)
                \(condition(kinds)) ORDER BY priority DESC, turn, id LIMIT \(min(limit, demand.limit)) \(.skipLocked)
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
    /// Whether it makes a job ready that would have waited.
    fileprivate var isByHand: Bool { self == .hurried || self == .replayed }

    fileprivate var token: Int? {
        switch self {
        case .heartbeat(let token, _), .succeeded(let token), .failed(let token, _, _, _),
            .failedForGood(let token, _), .crashed(let token, _, _, _), .released(let token), .stopped(let token),
            .leaseExpired(let token):
            token
        case .due, .claimed, .cancelRequested, .hurried, .replayed: nil
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
