import ServiceLifecycle
import Storage

/// Goes on with the runs of one workflow, a job at a time.
///
/// The job succeeds when the run is suspended or has ended, whichever way; a run that is parked leaves a dead job behind, by
/// whose replay it goes on, too.
public struct WorkflowHandler<Definition: Workflow>: JobHandler {
    let definition: Definition
    let workflows: Workflows

    public var kind: String { Workflows.jobKind(Definition.name) }

    /// The queue's, without an end: what a job meets beside its steps is no fault of the run, and passes.
    public var policy: RetryPolicy? {
        var policy = workflows.queue.policy(of: kind)
        policy.attempts = .max
        return policy
    }

    public func run(_ job: Job) async throws -> JobEffect {
        guard let ticket = try? job.decodePayload(as: WorkflowTicket.self) else {
            throw JobFailure(.final, "the job does not say which run it goes on with")
        }
        let hold = WorkflowHold(id: ticket.workflow, job: job, workflows: workflows)
        do {
            // Another job has the run, or it is over: then there is nothing to do.
            guard let (run, timer) = try await hold.open() else { return { _ in } }
            return try await advance(run, hold, timer)
        } catch let reason as ParkingReason {
            throw try await park(hold, reason)
        } catch {
            let isDefect = !error.isOfTheStop && !error.isOfTheEngine
            guard isDefect, job.course.attempts >= workflows.queue.policy(of: kind).attempts else { throw error }
            throw try await park(hold, .jobGivenUp(reason: "an internal error"), detail: String(describing: error))
        }
    }

    /// - Returns: how the job fails.
    private func park(
        _ hold: WorkflowHold, _ reason: ParkingReason, detail: String? = nil
    ) async throws -> JobFailure {
        _ = try await hold.advance(.parked(reason), detail: detail)
        return JobFailure(.final, reason.description)
    }

    /// The worker's lease was lost too often, or the job was cancelled by itself.
    public func abandoned(_ job: Job, in session: any WriteSession) throws {
        guard let ticket = try? job.decodePayload(as: WorkflowTicket.self) else { return }
        let run: WorkflowRun
        do {
            run = try workflows.lock(ticket.workflow, in: session)
        } catch WorkflowError.notFound {
            return
        }
        guard run.job == job.id, !run.state.isFinal, run.state.parking == nil else { return }
        try workflows.goOn(run, without: job.course.state, in: session)
    }

    private func advance(_ run: WorkflowRun, _ hold: WorkflowHold, _ timer: Timestamp?) async throws -> JobEffect {
        guard run.version == Definition.version else {
            throw ParkingReason.definitionChanged(
                .version(recorded: run.version, found: Definition.version))
        }
        guard run.state == .running else { return try await undo(run, hold) }
        switch try await forward(run, hold, timer) {
        case .over(let effect): return effect
        case .giveUp(let cause, let detail):
            // Kept before anything is undone, so that no later replay takes another way.
            let run = try await hold.advance(.gaveUp(cause), detail: detail)
            return try await undo(run, hold)
        }
    }

    private enum Course {
        /// For now, or for good.
        case over(JobEffect)
        case giveUp(UndoCause, detail: String?)
    }

    private func forward(_ run: WorkflowRun, _ hold: WorkflowHold, _ timer: Timestamp?) async throws -> Course {
        if run.isCancelRequested { return .giveUp(.cancellation, detail: nil) }
        let context = WorkflowContext(run, try await hold.steps(), hold, timer: timer)
        let result: Result<Definition.Output, any Error> = await attempt(run, context)
        switch context.halt {
        case .suspended(let suspension): return .over(suspend(suspension, hold))
        case .cancelled: return .giveUp(.cancellation, detail: nil)
        case .parked(let reason): throw reason
        case .interrupted(let error): throw error
        case .replayed, nil: break
        }
        try context.checkEnd()
        do {
            let output = try WorkflowValue.encode(result.get(), as: "the output")
            return .over(complete(hold, output))
        } catch let reason as ParkingReason {
            throw reason
        } catch {
            if error.isOfTheStop { throw CancellationError() }
            // Met between steps, where the workflow should have done nothing: no reason to undo all that it did in them.
            if error.isOfTheEngine { throw error }
            let failure = AttemptFailure(error)
            return .giveUp(.failure(reason: failure.reason), detail: failure.detail)
        }
    }

    private func attempt(
        _ run: WorkflowRun, _ context: WorkflowContext
    ) async -> Result<Definition.Output, any Error> {
        do {
            return .success(try await definition.run(WorkflowValue.decode(run.input, of: "the input"), context))
        } catch {
            return .failure(error)
        }
    }

    private func complete(_ hold: WorkflowHold, _ output: String) -> JobEffect {
        hold.effect { run, session in
            // Asked for during the last step: the next job finds it, and undoes.
            if run.isCancelRequested { return try workflows.goOn(run, in: session) }
            try workflows.end(run, .completed, output: output, in: session)
        }
    }

    private func suspend(_ suspension: WorkflowContext.Suspension, _ hold: WorkflowHold) -> JobEffect {
        hold.effect { run, session in
            try suspension.save(run, session)
            try workflows.suspend(run, until: suspension.until, awaiting: suspension.awaited, in: session)
        }
    }

    /// Replays the steps to know how each is undone, then undoes the last one first.
    private func undo(_ run: WorkflowRun, _ hold: WorkflowHold) async throws -> JobEffect {
        let context = WorkflowContext(run, try await hold.steps(), hold, isUndoing: true)
        let result = await attempt(run, context)
        switch context.halt {
        case .suspended(let suspension): return suspend(suspension, hold)
        case .parked(let reason): throw reason
        case .interrupted(let error): throw error
        case .cancelled, .replayed, nil: break
        }
        if case .failure(let reason as ParkingReason) = result { throw reason }
        try context.checkEnd()
        for undo in context.undos.reversed() where undo.step.undoneAt == nil {
            if let later = try await Undoing(undo: undo, hold: hold).run() { return suspend(later, hold) }
        }
        return hold.effect { try workflows.end($0, .undone, in: $1) }
    }
}

/// One step that is undone.
private struct Undoing {
    let undo: StepUndo
    let hold: WorkflowHold

    private var step: WorkflowStep { undo.step }

    /// - Returns: how long to wait before another attempt; nil when the step is undone.
    /// - Throws: ``ParkingReason/cannotUndo(step:reason:)`` after the last one.
    func run() async throws -> WorkflowContext.Suspension? {
        if Task.isCancelled || Task.isShuttingDownGracefully { throw CancellationError() }
        let effect: JobEffect
        do {
            effect = try await undo.work()
        } catch {
            return try await later(error)
        }
        do {
            try await record(effect)
            return nil
        } catch {
            if error.isOfTheEngine { throw error }
            return try await later(error)
        }
    }

    private func record(_ effect: @escaping JobEffect) async throws {
        let now = hold.workflows.queue.clock.now()
        _ = try await hold.write { [hold, step] _, session in
            let marked = try session.execute(
                """
                UPDATE workflow_steps SET undone_at = \(now)
                WHERE workflow_id = \(hold.id) AND position = \(step.position) AND undone_at IS NULL
                """)
            guard marked == 1 else { throw LeaseLost(job: hold.job.id) }
            try effect(session)
        }
    }

    private func later(_ error: any Error) async throws -> WorkflowContext.Suspension {
        if error.isOfTheStop { throw CancellationError() }
        let failure = AttemptFailure(error)
        let attempts = step.undoAttempts + 1
        guard !failure.isFinal, attempts < undo.retry.attempts else {
            _ = try await hold.write { [self] _, session in try note(attempts, failure, in: session) }
            throw ParkingReason.cannotUndo(step: step.name, reason: failure.reason)
        }
        let now = hold.workflows.queue.clock.now()
        let time = now + undo.retry.delay(afterFailure: attempts, jitter: .random(in: 0...1))
        return WorkflowContext.Suspension(until: time) { [self] _, session in
            try note(attempts, failure, in: session)
        }
    }

    private func note(_ attempts: Int, _ failure: AttemptFailure, in session: any WriteSession) throws {
        try session.execute(
            """
            UPDATE workflow_steps SET undo_attempts = \(attempts), error = \(failure.reason), detail = \(failure.detail)
            WHERE workflow_id = \(hold.id) AND position = \(step.position)
            """)
    }
}
