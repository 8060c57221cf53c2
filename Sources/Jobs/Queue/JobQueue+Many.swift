import Storage

extension JobQueue {
    /// Holds claimed jobs until the transaction ends, so that no effect is written for one that has gone to another.
    ///
    /// - Throws: ``LeaseLost`` when one of them has.
    package func hold(_ jobs: [Job], in session: any WriteSession) throws {
        let rows = try session.rows(
            """
            SELECT id, lease_token FROM jobs WHERE state = 'leased' AND id IN (\(list: jobs.map(\.id)))
            ORDER BY id \(.forUpdate)
            """)
        var tokens: [JobID: Int] = [:]
        for row in rows { tokens[try row.get("id")] = try row.get("lease_token") }
        for job in jobs where tokens[job.id] != job.course.token { throw LeaseLost(job: job.id) }
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
                UPDATE jobs SET state = 'succeeded', lease_worker = NULL, lease_until = NULL, completed_at = \(now),
                    \(Self.keysAfterEnd)
                WHERE state = 'leased' AND id IN (\(list: some.map(\.id)))
                    AND (id, lease_token) IN (VALUES \(list: some.map { job -> SQL in "(\(job.id), CAST(\(job.course.token) AS BIGINT))" }))
                RETURNING id
                """)
            var held = Set(try rows.map { try $0.get("id", as: JobID.self) })
            let ended = try some.map { job throws(LeaseLost) -> SQL in
                guard let lease = job.course.lease, held.remove(job.id) != nil else { throw LeaseLost(job: job.id) }
                return """
                    (\(job.id), \(lease.token), \(lease.worker), \(job.startedAt), \(now),
                        \(JobEvent.succeeded(token: lease.token).name), \(job.queue))
                    """
            }
            try session.execute(
                """
                INSERT INTO job_attempts (job_id, token, worker, started_at, ended_at, outcome, queue)
                VALUES \(list: ended)
                """)
            try tell({ some.map { JobNews($0, .completed) } }, in: session)
        }
        try signals.signal(Self.endings, in: session)
    }
}

extension Array {
    func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
