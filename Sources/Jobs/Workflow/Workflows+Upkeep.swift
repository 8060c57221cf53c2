import Storage

extension Workflows {
    /// Forgets runs that ended long ago, with their children, and their keys with them. Parked runs are kept.
    ///
    /// - Parameter limit: how many at most, not counting children, so that a transaction stays short.
    /// - Returns: how many, not counting children.
    @discardableResult
    public func forget(endedBefore moment: Timestamp, limit: Int = 1000, in session: any WriteSession) throws -> Int {
        let roots = try session.rows(
            """
            SELECT id FROM workflows WHERE parent IS NULL AND ended_at IS NOT NULL AND ended_at < \(moment)
            ORDER BY ended_at LIMIT \(limit)
            """
        ).map { row in try row.get("id", as: WorkflowID.self) }
        guard !roots.isEmpty else { return 0 }
        let family: SQL = "SELECT id FROM workflows WHERE root IN (\(list: roots))"
        try session.execute("DELETE FROM workflow_steps WHERE workflow_id IN (\(family))")
        try session.execute("DELETE FROM workflow_signals WHERE workflow_id IN (\(family))")
        try session.execute("DELETE FROM workflows WHERE root IN (\(list: roots))")
        return roots.count
    }

    /// Parks the runs whose job has ended without them, as when it was given up by a worker that has no handler for it, or
    /// was cancelled while it waited for its time. A cancelled one is cancelled with its job.
    ///
    /// To be called now and then, as by a schedule.
    ///
    /// - Returns: how many.
    @discardableResult
    public func recover(limit: Int = 1000, in session: any WriteSession) throws -> Int {
        let lost = try session.rows(
            """
            SELECT workflows.id AS id, jobs.state AS job_state, jobs.error AS error FROM workflows
            LEFT JOIN jobs ON jobs.id = workflows.job_id
            WHERE workflows.ended_at IS NULL AND workflows.job_id > '' AND workflows.status <> 'parked'
                AND (jobs.state IS NULL OR jobs.state IN ('cancelled', 'dead')) LIMIT \(limit)
            """)
        for row in lost {
            let run = try lock(row.get("id"), in: session)
            let reason: String? = try row.get(optional: "error")
            let isCancelled = try row.get(optional: "job_state") == "cancelled"
            try goOn(run, without: isCancelled ? .cancelled : .dead(reason: reason ?? "it is gone"), in: session)
        }
        return lost.count
    }
    /// After the run's job ended without it.
    func goOn(_ run: WorkflowRun, without job: JobState, in session: any WriteSession) throws {
        if case .dead(let reason) = job {
            let state = try run.state.applying(.parked(.jobGivenUp(reason: reason)))
            return try store(state, job: run.job, of: run, in: session)
        }
        // Who cancels the job means the run.
        try session.execute("UPDATE workflows SET cancel_requested = 1 WHERE id = \(run.id)")
        let state = run.state.isSuspended ? try run.state.applying(.woken) : run.state
        try store(state, job: enqueue(run, in: session), of: run, in: session)
    }
}
