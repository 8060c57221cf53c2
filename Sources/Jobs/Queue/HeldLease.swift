import Storage

/// A job's lease, as somebody saw it.
public struct HeldLease: Equatable, Sendable {
    public let job: JobID
    public let kind: String
    public let lease: Lease
}

extension JobQueue {
    /// Of the jobs that run.
    ///
    /// - Parameter kinds: nil for all.
    public func leases(of kinds: Set<String>? = nil, in session: any ReadSession) throws -> [HeldLease] {
        try session.rows(
            """
            SELECT id, kind, lease_worker, lease_token, lease_until FROM jobs
            WHERE state = 'leased' \(condition(kinds)) ORDER BY lease_until
            """
        ).map { row in
            let lease = Lease(
                worker: try row.get("lease_worker"), token: try row.get("lease_token"),
                until: try row.get("lease_until"))
            return HeldLease(job: try row.get("id"), kind: try row.get("kind"), lease: lease)
        }
    }

    /// Ends a lease whose worker was silent for too long, unless it has spoken since. Whether it was too long is for the
    /// caller to say, by a clock that nobody turns.
    ///
    /// - Parameter handlers: what they hold for a job that is thereby given up is given back.
    /// - Returns: the job; nil when its worker spoke, or another ended the lease.
    @discardableResult
    public func reclaim(
        _ held: HeldLease, _ handlers: JobHandlers = JobHandlers(), in session: any WriteSession
    ) throws -> Job? {
        let row = try session.row(
            """
            SELECT * FROM jobs WHERE id = \(held.job) AND state = 'leased' AND lease_token = \(held.lease.token)
                AND lease_until = \(held.lease.until) \(.skipLocked)
            """)
        guard let row else { return nil }
        let job = try advance(Job(row), .leaseExpired(token: held.lease.token), at: clock.now(), in: session)
        try handlers.abandon(job, in: session)
        return job
    }
}
