import Storage

extension Schedules {
    /// By name, in order of bytes.
    ///
    /// - Parameters:
    ///   - name: those after it; nil for the first.
    ///   - limit: at most 200.
    public func list(
        after name: String? = nil, limit: Int = PageRequest.largest, in session: any ReadSession
    ) throws -> [ScheduleEntry] {
        try entries(
            "WHERE name > \(name ?? "") ORDER BY name LIMIT \(min(max(limit, 1), PageRequest.largest))", in: session)
    }

    public func find(_ name: String, in session: any ReadSession) throws -> ScheduleEntry? {
        try entries("WHERE name = \(name)", in: session).first
    }

    /// Runs, newest first.
    ///
    /// - Parameter name: of this schedule; nil for all.
    public func runs(
        of name: String? = nil, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<ScheduleRun> {
        let ofSchedule: SQL = name.map { "schedule = \($0)" } ?? "1 = 1"
        let runs = try runs("WHERE \(ofSchedule) \(page.newestFirst)", in: session)
        return Page(runs, limit: page.limit) { PageCursor(createdAt: $0.claimedAt, id: $0.id.text) }
    }

    /// The run for which a job was enqueued: tells a handler the slot it works for. Nil for jobs of no schedule.
    public func run(of job: JobID, in session: any ReadSession) throws -> ScheduleRun? {
        try runs("WHERE job_id = \(job)", in: session).first
    }

    /// Forgets runs, oldest first, but each schedule's last. Slots stay claimed.
    ///
    /// - Parameters:
    ///   - age: how old a run has to be. Keep them shorter than jobs, or their outcome is forgotten first.
    ///   - limit: how many at most, so that a transaction stays short.
    /// - Returns: how many went.
    @discardableResult
    public func prune(olderThan age: Duration, limit: Int = 1000, in session: any WriteSession) throws -> Int {
        try session.execute(
            """
            DELETE FROM schedule_runs WHERE id IN (
                SELECT id FROM schedule_runs WHERE created_at < \(clock.now() - age) AND NOT EXISTS (
                    SELECT 1 FROM schedules WHERE schedules.name = schedule_runs.schedule
                    AND schedules.last_run = schedule_runs.id)
                ORDER BY created_at, id LIMIT \(limit))
            """)
    }

    private func entries(_ which: SQL, in session: any ReadSession) throws -> [ScheduleEntry] {
        let rows = try session.rows("SELECT * FROM schedules \(which)")
        let last = try rows.compactMap { try $0.get(optional: "last_run", as: ScheduleRunID.self) }
        let runs = try last.isEmpty ? [] : runs("WHERE id IN (\(list: last))", in: session)
        let runsByID = Dictionary(runs.map { ($0.id, $0) }) { first, _ in first }
        return try rows.map { row in
            let lastRun = try row.get(optional: "last_run", as: ScheduleRunID.self).flatMap { runsByID[$0] }
            return try ScheduleEntry(row, lastRun: lastRun)
        }
    }

    /// Each with how its job stands.
    private func runs(_ which: SQL, in session: any ReadSession) throws -> [ScheduleRun] {
        // Not a join: both tables have columns of one name, and pages are read along the index of the runs.
        let ofJob: SQL = "FROM jobs WHERE jobs.id = schedule_runs.job_id"
        return try session.rows(
            """
            SELECT *, (SELECT state \(ofJob)) AS state, (SELECT error \(ofJob)) AS error,
                (SELECT completed_at \(ofJob)) AS completed_at
            FROM schedule_runs \(which)
            """
        ).map { try ScheduleRun($0) }
    }
}

extension ScheduleEntry {
    fileprivate init(_ row: Row, lastRun: ScheduleRun?) throws(DatabaseError) {
        name = try row.get("name")
        registrant = try row.get("registrant")
        recurrence = try row.get("recurrence")
        catchUp = try row.get("catch_up")
        kind = try row.get("kind")
        queue = try row.get("queue")
        owner = try row.get(optional: "owner")
        let (isDisabled, isPaused): (Bool, Bool) = (try row.get("disabled"), try row.get("paused"))
        status = isDisabled ? .disabled : isPaused ? .paused : .active
        nextSlot = try status == .active ? row.get(optional: "next_slot") : nil
        self.lastRun = lastRun
    }
}
