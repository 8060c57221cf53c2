import Storage

/// Runs whose job has ended without them: it was cancelled while it waited for its time, or given up by a worker that has no
/// handler for it.
///
/// They are looked for in snapshots, and each is mended in a transaction of its own. One whose job was cancelled is cancelled
/// with it; others are parked, also when the job is no longer kept and nobody can tell how it ended.
extension Workflows {
    /// Looks at the jobs that ended since `moment`: their number is what it costs, however many runs wait.
    ///
    /// To be called often, as by ``WorkflowUpkeep``.
    ///
    /// - Parameter pageSize: of how many jobs in one snapshot.
    /// - Returns: how many runs were mended.
    @discardableResult
    public func recover(jobsEndedSince moment: Timestamp, pageSize: Int = 1000) async throws -> Int {
        var (count, last) = (0, (at: moment, id: ""))
        while true {
            let start = last
            let ended = try await queue.database.read { try endedJobs(after: start, upTo: pageSize, in: $0) }
            guard let end = ended.last else { return count }
            last = end
            let lost = try await queue.database.read { try runs(of: ended.map(\.id), in: $0) }
            count += try await recover(lost)
        }
    }

    /// Looks at all open runs, whenever their jobs ended: it reads them all, and is to be called now and then.
    ///
    /// - Parameter pageSize: of how many runs in one snapshot.
    /// - Returns: how many runs were mended.
    @discardableResult
    public func recoverAll(pageSize: Int = 1000) async throws -> Int {
        var (count, last) = (0, "")
        while true {
            let start = last
            let (end, lost) = try await queue.database.read { try lostRuns(after: start, upTo: pageSize, in: $0) }
            count += try await recover(lost)
            guard let end else { return count }
            last = end
        }
    }

    private struct LostRun {
        let id: WorkflowID
        let job: JobID
    }

    private func recover(_ lost: [LostRun]) async throws -> Int {
        var count = 0
        for some in lost {
            let isMended = try await queue.database.write { try recover(some, in: $0) }
            count += isMended ? 1 : 0
        }
        return count
    }

    /// - Returns: whether the run still was lost.
    private func recover(_ lost: LostRun, in session: any WriteSession) throws -> Bool {
        let run = try lock(lost.id, in: session)
        guard run.job == lost.job, !run.state.isFinal, run.state.parking == nil else { return false }
        switch try queue.find(lost.job, in: session)?.course.state {
        case .scheduled, .ready, .leased, .retryable: return false
        case .succeeded: try goOn(run, without: .dead(reason: "it ended without the run"), in: session)
        case nil: try goOn(run, without: .dead(reason: "it is gone"), in: session)
        case let ended?: try goOn(run, without: ended, in: session)
        }
        return true
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

    private func endedJobs(
        after last: (at: Timestamp, id: String), upTo limit: Int, in session: any ReadSession
    ) throws -> [(at: Timestamp, id: String)] {
        // The longer list of states is that of the index.
        try session.rows(
            """
            SELECT completed_at, id FROM jobs
            WHERE state IN ('succeeded', 'cancelled', 'dead') AND completed_at >= \(last.at)
                AND (completed_at, id) > (\(last.at), \(last.id)) AND state <> 'succeeded' AND kind LIKE 'workflow/%'
            ORDER BY completed_at, id LIMIT \(max(limit, 1))
            """
        ).map { (try $0.get("completed_at"), try $0.get("id")) }
    }

    private func runs(of jobs: [String], in session: any ReadSession) throws -> [LostRun] {
        try session.rows(
            """
            SELECT id, job_id FROM workflows
            WHERE ended_at IS NULL AND job_id IN (\(list: jobs)) AND status <> 'parked'
            """
        ).map { LostRun(id: try $0.get("id"), job: try $0.get("job_id")) }
    }

    /// - Returns: where the next page begins, nil after the last one; and those of this page that are lost.
    private func lostRuns(
        after job: String, upTo limit: Int, in session: any ReadSession
    ) throws -> (end: String?, lost: [LostRun]) {
        let open = try session.rows(
            """
            SELECT id, job_id FROM workflows WHERE ended_at IS NULL AND job_id > \(job)
            ORDER BY job_id LIMIT \(max(limit, 1))
            """
        ).map { LostRun(id: try $0.get("id"), job: try $0.get("job_id")) }
        let awaited = try session.rows(
            """
            SELECT id FROM jobs WHERE id IN (\(list: open.map(\.job)))
            AND state IN (\(list: JobSchema.openStates.sorted()))
            """
        ).map { try $0.get("id", as: JobID.self) }
        let found = Set(awaited)
        return (open.last?.job.text, open.filter { !found.contains($0.job) })
    }
}
