import Storage

/// Runs of workflows on a queue, and what is said to them from outside.
///
/// Every call takes the caller's open transaction. A run goes on in jobs of the queue, one at a time, on any worker that has
/// its ``handler(_:)``.
public struct Workflows: Sendable {
    /// Bytes of JSON of one input, result, payload or output.
    public static let largestValue = 1 << 20

    public let queue: JobQueue

    /// - Parameter queue: on the database with the tables of ``JobSchema`` and ``WorkflowSchema``.
    public init(_ queue: JobQueue) {
        self.queue = queue
    }

    /// What a worker needs to go on with the runs of `workflow`.
    public func handler<Definition: Workflow>(_ workflow: Definition) -> WorkflowHandler<Definition> {
        WorkflowHandler(definition: workflow, workflows: self)
    }

    /// Starts a run, unless there is one of the same workflow, owner and key.
    ///
    /// - Parameters:
    ///   - key: the caller's name for the run, for as long as it is kept; a repeat answers with the run that is there.
    ///   - queue: the queue of its jobs, and of its children's.
    ///   - runAt: not begun before; nil for at once.
    /// - Returns: the run's name, seen by workers once the transaction is kept.
    /// - Throws: ``WorkflowError/valueTooLarge(_:bytes:)``, ``DatabaseError``.
    @discardableResult
    public func start<Definition: Workflow>(
        _ workflow: Definition.Type, _ input: Definition.Input, key: String? = nil, owner: AccountID? = nil,
        queue name: String = "default", priority: Int = 0, runAt: Timestamp? = nil, in session: any WriteSession
    ) throws -> WorkflowID {
        // A digest, as a key may be longer than what an index holds, or personal.
        let key = key.map { Checksum.sha256("\(owner?.text ?? "")\u{0}\($0)") }
        let new = NewRun(
            name: Definition.name, version: Definition.version, key: key, owner: owner, queue: name,
            priority: priority, input: try WorkflowValue.encode(input, as: "the input"))
        if try insert(new, runAt: runAt, in: session) { return new.id }
        guard let row = try session.row("SELECT id FROM workflows WHERE name = \(new.name) AND start_key = \(key)")
        else { throw DatabaseError.unexpected("a workflow refused for a key that is not there") }
        return try row.get("id")
    }

    /// Tells a run of something outside, whether it waits for that already or not yet.
    ///
    /// Signals of one name are taken in the order in which they arrived, each by one step.
    ///
    /// - Throws: ``WorkflowError/notFound(_:)``, ``WorkflowError/ended(_:_:)``,
    ///   ``WorkflowError/valueTooLarge(_:bytes:)``, ``DatabaseError``.
    public func signal(
        _ id: WorkflowID, _ name: String, _ payload: some Encodable, in session: any WriteSession
    ) throws {
        let run = try open(id, in: session)
        let payload = try WorkflowValue.encode(payload, as: "the payload of signal '\(name)'")
        // The run's row is changed, not only held: a run that is about to wait has to look again, whatever it saw before.
        let counted = try session.row("UPDATE workflows SET signals = signals + 1 WHERE id = \(id) RETURNING signals")
        let number: Int? = try counted?.get("signals")
        try session.execute(
            """
            INSERT INTO workflow_signals (workflow_id, number, name, payload, arrived_at)
            VALUES (\(id), \(number), \(name), \(payload), \(queue.clock.now()))
            """)
        if run.awaited == .signal(name) { try wake(run, in: session) }
    }

    /// Asks for a run to be stopped. The step that is being done is finished, then all that was done is undone, last step
    /// first; children are cancelled before. Again for one that is asked already.
    ///
    /// - Throws: ``WorkflowError/notFound(_:)``, ``WorkflowError/ended(_:_:)``, ``DatabaseError``.
    public func cancel(_ id: WorkflowID, in session: any WriteSession) throws {
        let run = try open(id, in: session)
        guard !run.isCancelRequested else { return }
        try session.execute("UPDATE workflows SET cancel_requested = 1 WHERE id = \(id)")
        switch run.state {
        case .waiting: try wake(run, in: session)
        case .parked: try resume(id, in: session)
        // A run that is undone already ends as it would have.
        case .running, .undoing, .waitingToUndo, .completed, .failed, .cancelled: break
        }
    }

    /// Lets a parked run go on, with all its attempts to undo.
    ///
    /// - Throws: ``WorkflowError/notFound(_:)``, ``InvalidWorkflowTransition`` when it is not parked, ``DatabaseError``.
    public func resume(_ id: WorkflowID, in session: any WriteSession) throws {
        let run = try lock(id, in: session)
        let state = try run.state.applying(.resumed)
        try session.execute("UPDATE workflow_steps SET undo_attempts = 0 WHERE workflow_id = \(id)")
        try store(state, job: enqueue(run, in: session), of: run, in: session)
    }

    private func open(_ id: WorkflowID, in session: any WriteSession) throws -> WorkflowRun {
        let run = try lock(id, in: session)
        guard !run.state.isFinal else { throw WorkflowError.ended(id, run.state.status) }
        return run
    }
}
