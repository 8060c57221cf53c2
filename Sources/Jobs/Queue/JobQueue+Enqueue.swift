import Storage

extension JobQueue {
    /// How far the turns of one owner's waiting jobs are apart: about as long as a job and its neighbours take.
    static let spacing = Duration.seconds(60)

    /// Seen by workers once the transaction is kept.
    ///
    /// - Returns: the job's name; of a job that is to be unique, that of the one which is there already.
    /// - Throws: ``JobQueueError/full(queue:capacity:)``, ``JobQueueError/draining(queue:)``, ``DatabaseError``.
    @discardableResult
    public func enqueue(_ job: NewJob, asFollowUp: Bool = false, in session: any WriteSession) throws -> JobID {
        try enqueue([job], asFollowUp: asFollowUp, in: session)[0]
    }

    /// Many jobs with few statements: for producers of thousands a second, whose time would go into talking to the database.
    ///
    /// Jobs of one owner take turns with those of others: each stands ``spacing`` after the owner's last that is ready, so
    /// whoever comes later with a few does not wait for all of them.
    ///
    /// - Parameter asFollowUp: they go on with work that was taken before, so neither a full nor a draining queue refuses
    ///   them.
    /// - Returns: as ``enqueue(_:in:)``, in the same order.
    /// - Throws: as ``enqueue(_:in:)``: then the caller's transaction must not be kept, as some may have been taken.
    @discardableResult
    public func enqueue(
        _ jobs: [NewJob], asFollowUp: Bool = false, in session: any WriteSession
    ) throws -> [JobID] {
        guard !jobs.isEmpty else { return [] }
        let now = clock.now()
        if !asFollowUp { try checkRoom(for: jobs, in: session) }
        var (turns, ids) = (OwnerTurns(), [JobID]())
        for some in jobs.chunks(of: Self.largestClaim) {
            let values = try some.map { try self.values(of: $0, at: now, &turns, in: session) }
            guard some.contains(where: { $0.uniqueness != nil }) else {
                try session.execute("\(Self.insertion) VALUES \(list: values)")
                ids += some.map(\.id)
                continue
            }
            for (job, value) in zip(some, values) { ids.append(try insert(job, value, at: now, in: session)) }
        }
        try signals.signal(Self.topic, in: session)
        return ids
    }

    private static let insertion: SQL = """
        INSERT INTO jobs (id, kind, payload, queue, priority, owner, state, run_at, turn, unique_key, attempts, lost_leases,
            crashes, lease_token, cancel_requested, created_at)
        """

    private func insert(
        _ job: NewJob, _ value: SQL, at now: Timestamp, in session: any WriteSession
    ) throws -> JobID {
        let taken = try session.row(
            """
            \(Self.insertion) VALUES \(value)
            ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING RETURNING id
            """)
        if taken != nil { return job.id }
        let key = job.uniqueness?.indexed(kind: job.kind, at: now)
        guard let present = try session.row("SELECT id FROM jobs WHERE unique_key = \(key)") else {
            throw DatabaseError.unexpected("the job that was there has gone")
        }
        return try present.get("id")
    }

    /// A row for the columns of `insertion`.
    private func values(
        of job: NewJob, at now: Timestamp, _ turns: inout OwnerTurns, in session: any WriteSession
    ) throws -> SQL {
        let runAt = job.runAt.map { max($0, now) } ?? now
        let state = runAt > now ? "scheduled" : "ready"
        let turn = try turns.next(in: job.queue, of: job.owner, from: runAt, in: session)
        return """
            (\(job.id), \(job.kind), \(String(decoding: job.payload, as: UTF8.self)), \(job.queue), \(job.priority),
                \(job.owner), \(state), \(runAt), \(turn), \(job.uniqueness?.indexed(kind: job.kind, at: now)), 0, 0, 0, 0, 0,
                \(now))
            """
    }
}

/// When the next jobs of some owners have their turns.
private struct OwnerTurns {
    private struct Line: Hashable {
        let queue: String
        let owner: AccountID
    }

    private var last: [Line: Timestamp?] = [:]

    /// - Parameter time: before which it is nobody's turn.
    mutating func next(
        in queue: String, of owner: AccountID?, from time: Timestamp, in session: any ReadSession
    ) throws -> Timestamp {
        guard let owner else { return time }
        let line = Line(queue: queue, owner: owner)
        let known: Timestamp?
        if let seen = last[line] {
            known = seen
        } else {
            known = try session.row(
                """
                SELECT MAX(turn) AS turn FROM jobs WHERE state = 'ready' AND queue = \(queue) AND owner = \(owner)
                """)?.get(optional: "turn")
        }
        let turn = known.map { max(time, $0 + JobQueue.spacing) } ?? time
        last[line] = turn
        return turn
    }
}
