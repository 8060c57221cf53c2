import Storage

/// A run to be started.
struct NewRun {
    let id = WorkflowID.random()
    let name: String
    let version: Int
    var key: String?
    let owner: AccountID?
    let queue: String
    let priority: Int
    let input: String
    /// For a child: its root, its parent, the parent's step, and which of the step's children it is.
    var family: (root: WorkflowID, parent: WorkflowID, step: Int, index: Int)?
}

/// What every job of a run carries.
struct WorkflowTicket: Codable {
    let workflow: WorkflowID
}

/// Runs as rows. Whoever changes one holds its row first, so signals, children, cancellation and the run's own job come
/// one after another.
extension Workflows {
    static func jobKind(_ name: String) -> String { "workflow/\(name)" }

    /// - Throws: ``WorkflowError/notFound(_:)``.
    func lock(_ id: WorkflowID, in session: any WriteSession) throws -> WorkflowRun {
        guard let row = try session.row("SELECT * FROM workflows WHERE id = \(id) \(.forUpdate)") else {
            throw WorkflowError.notFound(id)
        }
        return try WorkflowRun(row)
    }

    /// - Returns: false when there is a run with its key.
    func insert(_ run: NewRun, runAt: Timestamp? = nil, in session: any WriteSession) throws -> Bool {
        let now = queue.clock.now()
        let job = try NewJob(
            kind: Self.jobKind(run.name), payload: WorkflowTicket(workflow: run.id), queue: run.queue,
            priority: run.priority, owner: run.owner, runAt: runAt)
        let inserted = try session.execute(
            """
            INSERT INTO workflows (id, name, version, start_key, owner, root, parent, parent_step, parent_index, queue,
                priority, input, status, is_suspended, cancel_requested, job_id, signals, created_at)
            VALUES (\(run.id), \(run.name), \(run.version), \(run.key), \(run.owner), \(run.family?.root ?? run.id),
                \(run.family?.parent), \(run.family?.step), \(run.family?.index), \(run.queue), \(run.priority),
                \(run.input), \(WorkflowStatus.running), 0, 0, \(job.id), 0, \(now))
            ON CONFLICT (name, start_key) DO NOTHING
            """)
        guard inserted == 1 else { return false }
        try queue.enqueue(job, asFollowUp: run.family != nil, in: session)
        return true
    }

    /// The run's next job.
    func enqueue(_ run: WorkflowRun, at time: Timestamp? = nil, in session: any WriteSession) throws -> JobID {
        let job = try NewJob(
            kind: Self.jobKind(run.name), payload: WorkflowTicket(workflow: run.id), queue: run.queue,
            priority: run.priority, owner: run.owner, runAt: time)
        return try queue.enqueue(job, asFollowUp: true, in: session)
    }

    /// Lets the run go on at once instead of at its time.
    func wake(_ run: WorkflowRun, in session: any WriteSession) throws {
        let state = try run.state.applying(.woken)
        // A job that is due already is left: it finds that another has the run, and does nothing.
        if let timer = run.job, case .scheduled = try queue.find(timer, in: session)?.course.state {
            _ = try queue.cancel(timer, in: session)
        }
        try store(state, job: enqueue(run, in: session), of: run, in: session)
    }

    /// Lets go of the worker until `time`, or until what is awaited comes.
    func suspend(
        _ run: WorkflowRun, until time: Timestamp?, awaiting awaited: Awaited?, in session: any WriteSession
    ) throws {
        let state = try run.state.applying(.suspended(until: time))
        // It may have come while the run was on its way here, and then nobody would wake it.
        let isDue = try (run.state == .running && run.isCancelRequested) || hasCome(awaited, for: run, in: session)
        guard !isDue else { return try store(run.state, job: enqueue(run, in: session), of: run, in: session) }
        let timer = try time.map { try enqueue(run, at: $0, in: session) }
        try store(state, job: timer, awaiting: awaited, of: run, in: session)
    }

    /// Ends a run, and wakes the parent that waits for it as the last one.
    func end(
        _ run: WorkflowRun, _ event: WorkflowEvent, output: String? = nil, in session: any WriteSession
    ) throws {
        let state = try run.state.applying(event)
        try store(state, job: nil, of: run, in: session)
        try session.execute(
            "UPDATE workflows SET ended_at = \(queue.clock.now()), output = \(output) WHERE id = \(run.id)")
        guard let parent = run.parent, let step = run.parentStep else { return }
        let waiting = try lock(parent, in: session)
        if waiting.awaited == .children(step: step), try hasCome(waiting.awaited, for: waiting, in: session) {
            try wake(waiting, in: session)
        }
    }

    func store(
        _ state: WorkflowState, job: JobID?, awaiting awaited: Awaited? = nil, of run: WorkflowRun,
        in session: any WriteSession
    ) throws {
        let (cause, parking) = (try state.cause.map(JSONText.encode), try state.parking.map(JSONText.encode))
        try session.execute(
            """
            UPDATE workflows SET status = \(state.status), is_suspended = \(state.isSuspended),
                wakes_at = \(state.wakesAt), awaited = \(awaited), cause = \(cause), parking = \(parking), job_id = \(job)
            WHERE id = \(run.id)
            """)
    }

    private func hasCome(_ awaited: Awaited?, for run: WorkflowRun, in session: any ReadSession) throws -> Bool {
        switch awaited {
        case nil: false
        case .signal(let name)?: try nextSignal(name, of: run.id, in: session) != nil
        case .children(let step)?: try !hasOpenChildren(of: run.id, step: step, in: session)
        }
    }

    func nextSignal(_ name: String, of id: WorkflowID, in session: any ReadSession) throws -> Row? {
        try session.row(
            """
            SELECT number, payload FROM workflow_signals
            WHERE workflow_id = \(id) AND name = \(name) AND taken_by IS NULL ORDER BY number LIMIT 1
            """)
    }

    func hasOpenChildren(of id: WorkflowID, step: Int, in session: any ReadSession) throws -> Bool {
        try session.row(
            """
            SELECT 1 AS found FROM workflows WHERE parent = \(id) AND parent_step = \(step) AND ended_at IS NULL LIMIT 1
            """) != nil
    }
}
