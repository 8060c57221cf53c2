import ServiceLifecycle
import Storage
import Synchronization

/// What a workflow does its steps with: one for each time that ``Workflow/run(_:_:)`` is run.
///
/// Every step has a name of its own within the run. A step that was done before is not done again but returns what it
/// returned then.
public final class WorkflowContext: Sendable {
    public let id: WorkflowID
    public let owner: AccountID?
    /// When the run was started: the time of day that is the same whenever it is replayed.
    public let startedAt: Timestamp

    let hold: WorkflowHold
    let recorded: [WorkflowStep]
    /// When the timer was due that woke the run; nil when it was woken otherwise.
    private let timer: Timestamp?
    /// Steps are only replayed, to know how they are undone.
    let isUndoing: Bool
    private let state = Mutex(State())

    private struct State {
        /// Of the next step.
        var position = 0
        var names: Set<String> = []
        var current: String?
        var halt: Halt?
        var isCancelRequested = false
        var undos: [StepUndo] = []
    }

    /// Why this time is over before the workflow returned.
    enum Halt: Sendable {
        case suspended(Suspension)
        case cancelled
        /// There is nothing more to replay.
        case replayed
        case parked(ParkingReason)
        /// The worker stops, or the lease or the database is lost: another time.
        case interrupted(any Error)
    }

    /// What is written when the worker is let go.
    struct Suspension: Sendable {
        let until: Timestamp?
        var awaited: Awaited?
        let save: @Sendable (WorkflowRun, any WriteSession) throws -> Void
    }

    init(
        _ run: WorkflowRun, _ recorded: [WorkflowStep], _ hold: WorkflowHold, timer: Timestamp? = nil,
        isUndoing: Bool = false
    ) {
        (id, owner, startedAt) = (run.id, run.owner, run.createdAt)
        (self.hold, self.recorded, self.timer, self.isUndoing) = (hold, recorded, timer, isUndoing)
    }

    /// A name for what a step asks of others, the same for each of its attempts: they can tell a repeat by it.
    public func idempotencyKey(for step: String) -> String { "\(id)/\(step)" }

    /// Not before the time for which the run was woken: a worker whose clock is behind would send it to sleep again, and
    /// another wake it at once.
    var now: Timestamp {
        let now = hold.workflows.queue.clock.now()
        return timer.map { max($0, now) } ?? now
    }

    /// Why this time is over; nil when the workflow came to its own end.
    var halt: Halt? { state.withLock { $0.halt } }

    /// How to undo what was done, in the order in which it was done.
    var undos: [StepUndo] { state.withLock { $0.undos } }

    func addUndo(_ undo: StepUndo) { state.withLock { $0.undos.append(undo) } }

    func noteCancelRequest(_ isRequested: Bool) { state.withLock { $0.isCancelRequested = isRequested } }

    /// Ends this time. Whatever the workflow makes of the error, its context does nothing more.
    func stop(_ halt: Halt) -> CancellationError {
        state.withLock { $0.halt = $0.halt ?? halt }
        return CancellationError()
    }

    /// Comes to the next step, and compares it with what is recorded there.
    ///
    /// - Returns: the step as it is recorded, or a new one.
    func enter(_ name: String, _ kind: WorkflowStep.Kind) throws -> WorkflowStep {
        let fault: Halt? = state.withLock { state in
            if state.halt != nil { return nil }
            if let other = state.current { return .parked(.concurrentSteps(other, name)) }
            if !state.names.insert(name).inserted { return .parked(.repeatedStep(name)) }
            if state.isCancelRequested, !isUndoing { return .cancelled }
            if Task.isCancelled || Task.isShuttingDownGracefully { return .interrupted(CancellationError()) }
            state.current = name
            state.position += 1
            return nil
        }
        if let fault { throw stop(fault) }
        if halt != nil { throw CancellationError() }
        let position = state.withLock { $0.position } - 1
        let step = WorkflowStep(position: position, name: name, kind: kind, startedAt: now)
        guard position < recorded.count else { return step }
        let known = recorded[position]
        guard (known.name, known.kind) == (name, kind) else {
            throw stop(
                .parked(
                    .definitionChanged(.step(position: position, recorded: known.title, found: step.title))))
        }
        return known
    }

    /// Comes out of a step, whether it threw or not.
    func leave() { state.withLock { $0.current = nil } }

    /// - Throws: ``ParkingReason/definitionChanged(_:)`` when the program ended before all that is recorded.
    func checkEnd() throws(ParkingReason) {
        let position = state.withLock { $0.position }
        guard position < recorded.count else { return }
        throw .definitionChanged(.step(position: position, recorded: recorded[position].title, found: nil))
    }

    /// Called by a step that would now do something new.
    func checkGoesOn() throws {
        if isUndoing { throw stop(.replayed) }
        if halt != nil { throw CancellationError() }
    }
}

/// How to undo a step that was done.
struct StepUndo: Sendable {
    let step: WorkflowStep
    let retry: StepRetry
    let work: @Sendable () async throws -> JobEffect
}
