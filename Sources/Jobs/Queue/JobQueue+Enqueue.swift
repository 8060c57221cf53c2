import Storage

extension JobQueue {
    /// Seen by workers once the transaction is kept.
    ///
    /// - Parameter asFollowUp: it goes on with work that was taken before, so neither a full nor a draining queue refuses it.
    /// - Returns: the job's name; of a job that is to be unique, that of the one which is there already.
    /// - Throws: ``JobQueueError/full(queue:capacity:)``, ``JobQueueError/draining(queue:)``, ``DatabaseError``.
    @discardableResult
    public func enqueue(_ job: NewJob, asFollowUp: Bool = false, in session: any WriteSession) throws -> JobID {
        try enqueue([job], asFollowUp: asFollowUp, in: session)[0]
    }

    /// Many jobs with few statements: for producers of thousands a second, whose time would go into talking to the database.
    ///
    /// Jobs of one owner take turns with those of others: whoever comes later with a few does not wait for all of them.
    ///
    /// - Parameter asFollowUp: as of ``enqueue(_:asFollowUp:in:)``.
    /// - Returns: as ``enqueue(_:asFollowUp:in:)``, in the same order.
    /// - Throws: as ``enqueue(_:asFollowUp:in:)``: then the caller's transaction must not be kept, as some may have been
    ///   taken.
    @discardableResult
    public func enqueue(_ jobs: [NewJob], asFollowUp: Bool = false, in session: any WriteSession) throws -> [JobID] {
        guard !jobs.isEmpty else { return [] }
        let now = clock.now()
        if !asFollowUp { try checkRoom(for: jobs, at: now, in: session) }
        var (turns, ids) = (OwnerTurns(at: now), [JobID]())
        for some in jobs.chunks(of: Self.largestClaim) {
            let values = try some.map { try self.values(of: $0, asFollowUp, at: now, &turns, in: session) }
            guard some.contains(where: { $0.uniqueness != nil }) else {
                try session.execute("\(Self.insertion) VALUES \(list: values)")
                ids += some.map(\.id)
                try tell({ some.map(JobNews.init) }, in: session)
                continue
            }
            for (job, value) in zip(some, values) {
                let id = try insert(job, value, at: now, in: session)
                ids.append(id)
                if id == job.id { try tell({ [JobNews(job)] }, in: session) }
            }
        }
        try signals.signal(Self.topic, in: session)
        return ids
    }

    private static let insertion: SQL = """
        INSERT INTO jobs (id, kind, payload, queue, priority, owner, state, run_at, turn, unique_key, unique_until,
            is_follow_up, attempts, lost_leases, crashes, lease_token, cancel_requested, created_at, trace)
        """

    private func insert(_ job: NewJob, _ value: SQL, at now: Timestamp, in session: any WriteSession) throws -> JobID {
        // The one that is there may end before it is looked up.
        for _ in 0..<3 {
            let taken = try session.row(
                """
                \(Self.insertion) VALUES \(value)
                ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING RETURNING id
                """)
            if taken != nil { return job.id }
            if let present = try holder(of: job, at: now, in: session) { return present }
        }
        throw DatabaseError.busy
    }

    /// The job that is there in the place of one that is to be unique.
    func holder(of job: NewJob, at now: Timestamp, in session: any ReadSession) throws -> JobID? {
        guard let key = job.uniqueness?.indexed(kind: job.kind, at: now).key else { return nil }
        return try session.row("SELECT id FROM jobs WHERE unique_key = \(key)")?.get("id")
    }

    /// A row for the columns of `insertion`.
    private func values(
        of job: NewJob, _ asFollowUp: Bool, at now: Timestamp, _ turns: inout OwnerTurns, in session: any WriteSession
    ) throws -> SQL {
        let runAt = job.runAt.map { max($0, now) } ?? now
        let isReady = runAt <= now
        // Who waits for a time stands in no line until then.
        let turn = isReady ? try turns.next(of: job.owner, in: job.queue, job.priority, session) : runAt
        let unique = job.uniqueness?.indexed(kind: job.kind, at: now)
        return """
            (\(job.id), \(job.kind), \(String(decoding: job.payload, as: UTF8.self)), \(job.queue), \(job.priority),
                \(job.owner), \(isReady ? "ready" : "scheduled"), \(runAt), \(turn), \(unique?.key), \(unique?.until),
                \(asFollowUp), 0, 0, 0, 0, 0, \(now), \(TraceContext.current?.description))
            """
    }
}
