import Storage

/// Many jobs with one statement: for producers and consumers of thousands a second, whose time would go into talking to the
/// database.
extension JobQueue {
    /// As ``enqueue(_:in:)``, for any number of jobs.
    public func enqueue(_ jobs: [NewJob], in session: any WriteSession) throws(DatabaseError) {
        guard !jobs.isEmpty else { return }
        let now = clock.now()
        for some in jobs.chunks(of: Self.largestClaim) {
            try session.execute(
                """
                INSERT INTO jobs (id, kind, payload, queue, priority, owner, state, run_at, attempts, lost_leases, crashes,
                    lease_token, cancel_requested, created_at)
                VALUES \(list: some.map { values(of: $0, at: now) })
                """)
        }
        try signals.signal(Self.topic, in: session)
    }

    /// Ends claimed jobs with success, in the transaction that holds their effects.
    ///
    /// - Throws: ``LeaseLost`` when one of them has gone to another: the caller's transaction must not be kept.
    public func complete(_ jobs: [Job], in session: any WriteSession) throws {
        let now = clock.now()
        for some in jobs.chunks(of: Self.largestClaim) {
            // The bulk form of `JobEvent.succeeded`.
            let rows = try session.rows(
                """
                UPDATE jobs SET state = 'succeeded', lease_worker = NULL, lease_until = NULL, completed_at = \(now)
                WHERE id IN (\(list: some.map(\.id))) AND state = 'leased' RETURNING id, lease_token
                """)
            var tokens: [JobID: Int] = [:]
            for row in rows { tokens[try row.get("id")] = try row.get("lease_token") }
            let ended = try some.map { job throws(LeaseLost) -> SQL in
                guard let lease = job.course.lease, tokens.removeValue(forKey: job.id) == lease.token else {
                    throw LeaseLost(job: job.id)
                }
                return """
                    (\(job.id), \(lease.token), \(lease.worker), \(job.startedAt), \(now),
                        \(JobEvent.succeeded(token: lease.token).name))
                    """
            }
            try session.execute(
                """
                INSERT INTO job_attempts (job_id, token, worker, started_at, ended_at, outcome) VALUES \(list: ended)
                """)
        }
    }

    /// A row for the columns that a new job has.
    func values(of job: NewJob, at now: Timestamp) -> SQL {
        let runAt = job.runAt.map { max($0, now) } ?? now
        let state = runAt > now ? "scheduled" : "ready"
        return """
            (\(job.id), \(job.kind), \(String(decoding: job.payload, as: UTF8.self)), \(job.queue), \(job.priority),
                \(job.owner), \(state), \(runAt), 0, 0, 0, 0, 0, \(now))
            """
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
