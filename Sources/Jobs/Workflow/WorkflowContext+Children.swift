import Storage

/// How a child ended.
public enum ChildOutcome<Output: Codable & Sendable>: Codable, Sendable {
    case completed(Output)
    /// What it had done is undone.
    case failed(reason: String)
    case cancelled

    /// - Throws: ``JobFailure`` unless it is completed.
    public func get() throws -> Output {
        switch self {
        case .completed(let output): return output
        case .failed(let reason): throw JobFailure(.final, reason)
        case .cancelled: throw JobFailure(.final, "a child was cancelled")
        }
    }
}

extension ChildOutcome: Equatable where Output: Equatable {}

extension WorkflowContext {
    /// Runs a child for each input, side by side, and waits for all of them. No worker is held meanwhile.
    ///
    /// Children are runs of their own: started once, undone by themselves when they fail, and cancelled with this run. When
    /// this run is undone, children that have ended by then are left to `undo`.
    ///
    /// - Returns: how each ended, in the order of `inputs`; the failure of one is not the failure of the step.
    /// - Throws: ``StepFailed`` when an input is too large; `CancellationError` when this time is over.
    public func children<Child: Workflow>(
        _ name: String, of workflow: Child.Type, _ inputs: [Child.Input],
        undo: UndoStep<[ChildOutcome<Child.Output>]>? = nil
    ) async throws -> [ChildOutcome<Child.Output>] {
        let step = try enter(name, .children)
        defer { leave() }
        let outcomes: [ChildOutcome<Child.Output>]
        switch step.state {
        case .failed: throw StepFailed(step: name, reason: step.error ?? "")
        case .done: outcomes = try decode(step)
        case .waiting, .begun: outcomes = try await join(step, of: workflow, inputs)
        }
        if let undo { addUndo(StepUndo(step: step, retry: StepRetry()) { try await undo(outcomes) }) }
        return outcomes
    }

    /// As ``children(_:of:_:undo:)`` for one, whose failure is that of the step.
    ///
    /// - Throws: ``StepFailed`` when it failed or was cancelled.
    public func child<Child: Workflow>(
        _ name: String, of workflow: Child.Type, _ input: Child.Input, undo: UndoStep<Child.Output>? = nil
    ) async throws -> Child.Output {
        var undoAll: UndoStep<[ChildOutcome<Child.Output>]>?
        if let undo {
            undoAll = { outcomes in
                guard case .completed(let output)? = outcomes.first else { return { _ in } }
                return try await undo(output)
            }
        }
        switch try await children(name, of: workflow, [input], undo: undoAll).first {
        case .completed(let output)?: return output
        case .failed(let reason)?: throw StepFailed(step: name, reason: reason)
        case .cancelled?, nil: throw StepFailed(step: name, reason: "it was cancelled")
        }
    }

    private func join<Child: Workflow>(
        _ step: WorkflowStep, of workflow: Child.Type, _ inputs: [Child.Input]
    ) async throws -> [ChildOutcome<Child.Output>] {
        guard step.position < recorded.count else {
            try checkGoesOn()
            let suspension: Suspension
            do {
                suspension = try start(step, of: workflow, inputs)
            } catch {
                // Recorded where it failed, so that a workflow that catches it comes to the same steps when it is replayed.
                throw await failure(of: step, error, .never)
            }
            throw stop(.suspended(suspension))
        }
        if isUndoing { try await recordOrStop { [hold] in try hold.cancelChildren(of: step, in: $0) } }
        let outcomes: [ChildOutcome<Child.Output>]? = try await recordOrStop { [hold, now] session in
            guard try !hold.workflows.hasOpenChildren(of: hold.id, step: step.position, in: session) else {
                return nil
            }
            let outcomes = try hold.outcomes(of: step, as: Child.Output.self, in: session)
            var done = step.ended(.done, at: now)
            done.result = try JSONText.encode(outcomes)
            try done.save(of: hold, in: session)
            return outcomes
        }
        guard let outcomes else {
            throw stop(.suspended(suspension(step, until: nil, awaiting: .children(step: step.position))))
        }
        return outcomes
    }

    /// The children come into being when the worker is let go, together with the record that they have.
    private func start<Child: Workflow>(
        _ step: WorkflowStep, of workflow: Child.Type, _ inputs: [Child.Input]
    ) throws -> Suspension {
        let inputs = try inputs.enumerated().map { index, input in
            try WorkflowValue.encode(input, as: "the input of child \(index) of step '\(step.name)'")
        }
        let (name, version) = (Child.name, Child.version)
        return Suspension(until: nil, awaited: .children(step: step.position)) { [hold] run, session in
            try step.save(of: hold, in: session)
            for (index, input) in inputs.enumerated() {
                let child = NewRun(
                    name: name, version: version, owner: run.owner, queue: run.queue, priority: run.priority,
                    input: input, family: (run.root, run.id, step.position, index))
                _ = try hold.workflows.insert(child, in: session)
            }
        }
    }
}

extension WorkflowHold {
    fileprivate func cancelChildren(of step: WorkflowStep, in session: any WriteSession) throws {
        let open = try session.rows(
            """
            SELECT id FROM workflows WHERE parent = \(id) AND parent_step = \(step.position) AND ended_at IS NULL
            ORDER BY parent_index
            """)
        for row in open { try workflows.cancel(row.get("id"), in: session) }
    }

    fileprivate func outcomes<Output: Codable & Sendable>(
        of step: WorkflowStep, as type: Output.Type, in session: any ReadSession
    ) throws -> [ChildOutcome<Output>] {
        try session.rows(
            "SELECT * FROM workflows WHERE parent = \(id) AND parent_step = \(step.position) ORDER BY parent_index"
        ).map { row in
            let child = try WorkflowRun(row)
            switch child.state {
            case .failed(let reason): return .failed(reason: reason)
            case .completed:
                let what = "the output of workflow '\(child.name)'"
                return .completed(try WorkflowValue.decode(child.output ?? "null", of: what))
            default: return .cancelled
            }
        }
    }
}
