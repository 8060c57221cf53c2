import Storage

/// When a job will be done, as far as can be told from the queue and from what it has done of late.
public struct JobEstimate: Equatable, Sendable {
    /// When an attempt begins, or has begun; that of a paused queue is told as if it were resumed now.
    public let start: Timestamp
    public let completion: Timestamp
    /// Jobs that go first; at most ``JobQueue/furthestLook``, where there may be more.
    public let before: Int
}

extension JobQueue {
    /// How many jobs that go first are looked at. Estimates of those further behind are too early.
    public static let furthestLook = 1000
    /// Ended attempts by which a queue is judged: its last ones.
    static let judgedRuns = 100
    /// Among so many of all queues: one whose last attempts are further back counts as one without any.
    static let furthestRun = 2000

    /// When a job will be done: from those that go first, how long such jobs took, how many run at once, those that
    /// overtake, and its retries. What will be enqueued before a job that waits for its time is not foreseen.
    ///
    /// To be asked in a read of its own, after the transaction that enqueued the job: there it would make all that
    /// enqueue conflict.
    ///
    /// - Returns: nil when it is over, and where nothing in its queue has ended yet, or nothing lately.
    /// - Complexity: so many steps as the bounds above say, whatever waits and was done; no table is read whole.
    public func estimate(of id: JobID, in session: any ReadSession) throws -> JobEstimate? {
        guard let row = try session.row("SELECT * FROM jobs WHERE id = \(id)") else { return nil }
        let (job, turn, now) = (try Job(row), try row.get("turn", as: Timestamp.self), clock.now())
        guard !job.course.state.isFinal else { return nil }
        let runs = try recentRuns(of: job.queue, at: now, in: session)
        guard !runs.ended.isEmpty else { return nil }
        let start: Double
        var before = 0
        switch job.course.state {
        case .leased:
            start = (job.startedAt ?? now).seconds(since: now)
        case .scheduled(let due), .retryable(let due):
            let line = try line(dueBefore: due, job, at: now, in: session)
            before = line.count
            let slots = runs.slots(backlogSince: nil, isPaused: false)
            start = runs.start(of: due.seconds(since: now), after: line, slots: slots)
        default:
            let line = try line(before: job, turn, at: now, in: session)
            before = line.count
            let isPaused = try !paused(of: [job.queue], in: session).isEmpty
            let slots = runs.slots(backlogSince: line.since, isPaused: isPaused)
            let place = LinePlace(job: job, turn: turn.seconds(since: now), line: line)
            start = runs.start(of: place, slots: slots)
        }
        let end = max(start + runs.toEnd(of: job, begun: start, policy(of: job.kind)), 0)
        func time(_ seconds: Double) -> Timestamp { now + .seconds(min(max(seconds, -Self.farOff), Self.farOff)) }
        return JobEstimate(start: time(start), completion: time(end), before: before)
    }

    /// Seconds; further nothing is told, as the clocks that were written down may have been wrong by any time.
    private static let farOff = 10.0 * 366 * 86_400

    /// The last attempts of a queue that were made to their end, and those that go on.
    private func recentRuns(of queue: String, at now: Timestamp, in session: any ReadSession) throws -> RecentRuns {
        let furthest = try session.row(
            """
            SELECT ended_at FROM job_attempts WHERE ended_at > \(Timestamp(milliseconds: .min))
            ORDER BY ended_at DESC LIMIT 1 OFFSET \(Self.furthestRun)
            """)
        let ended = try session.rows(
            """
            SELECT jobs.kind, jobs.priority, jobs.owner, jobs.run_at, jobs.turn, ended.started_at, ended.ended_at,
                ended.outcome
            FROM (
                SELECT job_id, started_at, ended_at, outcome FROM job_attempts
                WHERE queue = \(queue) AND started_at IS NOT NULL
                    AND outcome IN ('succeeded', 'failed', 'failed for good', 'crashed')
                    AND ended_at >= \(try furthest?.get("ended_at") ?? Timestamp(milliseconds: .min))
                ORDER BY ended_at DESC LIMIT \(Self.judgedRuns)) AS ended
            JOIN jobs ON jobs.id = ended.job_id
            """)
        let running = try session.rows(
            """
            SELECT kind, priority, owner, run_at, turn, started_at FROM jobs
            WHERE state = 'leased' AND queue = \(queue) AND started_at IS NOT NULL LIMIT \(Self.furthestLook)
            """)
        return RecentRuns(
            ended: try ended.map { try RecentRun($0, until: $0.get("ended_at"), outcome: $0.get("outcome"), at: now) },
            running: try running.map { try RecentRun($0, at: now) },
            isWhole: ended.count < Self.judgedRuns && furthest == nil)
    }

    /// Those that are taken before a job that is ready: each part along the index, and no further than they go.
    private func line(
        before job: Job, _ turn: Timestamp, at now: Timestamp, in session: any ReadSession
    ) throws -> LineBefore {
        var line = LineBefore()
        for part: SQL in [
            "priority > \(job.priority)", "priority = \(job.priority) AND (turn, id) < (\(turn), \(job.id))",
        ] {
            let rows = try session.rows(
                """
                SELECT kind, COUNT(*) AS count, MIN(run_at) AS since FROM (
                    SELECT kind, run_at FROM jobs WHERE state = 'ready' AND queue = \(job.queue) AND \(part)
                    ORDER BY priority DESC, turn, id LIMIT \(Self.furthestLook - line.count)) AS line
                GROUP BY kind
                """)
            for row in rows {
                line.counts[try row.get("kind"), default: 0] += try row.get("count", as: Int.self)
                let since = try row.get("since", as: Timestamp.self).seconds(since: now)
                line.since = min(line.since ?? since, since)
            }
        }
        return line
    }

    /// Those that are ready, and those that come due before it. Of more than are looked at, the last ones: what was due
    /// earlier will be done.
    private func line(
        dueBefore due: Timestamp, _ job: Job, at now: Timestamp, in session: any ReadSession
    ) throws -> [DueJob] {
        let ready = try session.rows(
            """
            SELECT kind, run_at FROM jobs WHERE state = 'ready' AND queue = \(job.queue) AND priority >= \(job.priority)
            ORDER BY priority DESC, turn, id LIMIT \(Self.furthestLook)
            """)
        let waiting = try session.rows(
            """
            SELECT kind, run_at FROM (
                SELECT id, kind, queue, run_at FROM jobs
                WHERE state IN ('scheduled', 'retryable') AND run_at <= \(due)
                ORDER BY run_at DESC LIMIT \(Self.furthestLook)) AS waiting
            WHERE queue = \(job.queue) AND id <> \(job.id) ORDER BY run_at
            """)
        return try (ready + waiting).map { row in
            DueJob(
                kind: try row.get("kind"), due: max(try row.get("run_at", as: Timestamp.self).seconds(since: now), 0))
        }
    }
}

extension RecentRun {
    fileprivate init(
        _ row: Row, until end: Timestamp? = nil, outcome: String? = nil, at now: Timestamp
    ) throws(DatabaseError) {
        kind = try row.get("kind")
        priority = try row.get("priority")
        owner = try row.get(optional: "owner")
        readyAt = try row.get("run_at", as: Timestamp.self).seconds(since: now)
        wasFirst =
            try row.get("turn", as: Timestamp.self).seconds(since: now) - readyAt < OwnerTurns.spacing / .seconds(1)
        start = try row.get("started_at", as: Timestamp.self).seconds(since: now)
        self.end = end?.seconds(since: now) ?? 0
        isFailure = outcome.map { ["failed", "crashed"].contains($0) } ?? false
    }
}

extension Timestamp {
    fileprivate func seconds(since now: Timestamp) -> Double { Double((self - now).wholeMilliseconds) / 1000 }
}
