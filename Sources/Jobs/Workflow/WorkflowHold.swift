import Storage

/// A job's right to go on with a run. Whatever is recorded of the run is recorded under it.
struct WorkflowHold: Sendable {
    let id: WorkflowID
    let job: Job
    let workflows: Workflows

    private var queue: JobQueue { workflows.queue }

    /// Runs `body` in a transaction with the lease held: a worker that lost it records nothing.
    ///
    /// - Returns: what `body` returns, and whether the run's cancellation is requested.
    /// - Throws: ``LeaseLost`` when the job, or the run, has gone to another.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (WorkflowRun, any WriteSession) throws -> Value
    ) async throws -> (value: Value, isCancelRequested: Bool) {
        try await queue.database.write { session in
            _ = try queue.apply(.heartbeat(token: job.course.token, at: queue.clock.now()), to: job.id, in: session)
            let run = try lock(in: session)
            return (try body(run, session), run.isCancelRequested)
        }
    }

    /// For the transaction that ends the job, which compares the token itself.
    func effect(_ body: @escaping @Sendable (WorkflowRun, any WriteSession) throws -> Void) -> JobEffect {
        { session in
            let run = try lock(in: session)
            // It was parked because this worker was thought to have vanished.
            guard run.state.parking == nil else { throw LeaseLost(job: job.id) }
            try body(run, session)
        }
    }

    /// What is known of the run before this job goes on with it.
    ///
    /// - Returns: nil when another job goes on with it, or none any more; and when the timer was due that woke it.
    func open() async throws -> (run: WorkflowRun, timer: Timestamp?)? {
        let row = try await queue.database.read { try $0.row("SELECT * FROM workflows WHERE id = \(id)") }
        guard let run = try row.map(WorkflowRun.init), run.job == job.id, !run.state.isFinal else { return nil }
        let event: WorkflowEvent
        switch run.state {
        case .running, .undoing, .completed, .failed, .cancelled: return (run, nil)
        case .waiting, .waitingToUndo: event = .woken
        // Its job was taken back from the dead letters.
        case .parked: event = .resumed
        }
        return (try await advance(event), run.state.wakesAt)
    }

    /// - Returns: the run as it stands now.
    func advance(_ event: WorkflowEvent, detail: String? = nil) async throws -> WorkflowRun {
        try await write { run, session in
            try workflows.store(run.state.applying(event), job: job.id, of: run, in: session)
            if let detail { try session.execute("UPDATE workflows SET detail = \(detail) WHERE id = \(id)") }
            return try workflows.lock(id, in: session)
        }.value
    }

    func steps() async throws -> [WorkflowStep] {
        try await queue.database.read { try workflows.steps(of: id, in: $0) }
    }

    private func lock(in session: any WriteSession) throws -> WorkflowRun {
        let run = try workflows.lock(id, in: session)
        guard run.job == job.id else { throw LeaseLost(job: job.id) }
        return run
    }
}
