import Storage

extension JobQueue {
    /// Ends claimed jobs with success, in the transaction that holds their effects.
    ///
    /// - Throws: ``LeaseLost`` when one of them has gone to another: the caller's transaction must not be kept.
    public func complete(_ jobs: [Job], in session: any WriteSession) throws {
        let now = clock.now()
        for some in jobs.chunks(of: Self.largestClaim) {
            // The bulk form of `JobEvent.succeeded`.
            let rows = try session.rows(
                """
                UPDATE jobs SET state = 'succeeded', lease_worker = NULL, lease_until = NULL, completed_at = \(now),
                    unique_key = \(Self.keyAfterEnd)
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
        try signals.signal(Self.endings, in: session)
    }
}

extension Array {
    func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
