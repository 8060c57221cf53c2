import Jobs
import Storage
import Synchronization

/// Looks at the database after each change, and says what breaks a promise.
///
/// It knows nothing of the engine but its tables: what may follow on what, and by whom, is written down once more in the
/// rules.
final class Witness: Sendable {
    private struct State {
        var jobs = JobRules()
        var workflows = WorkflowRules()
        var schedules = ScheduleRules()
        var lines = 0
        var breach: String?
        var counts = SimulationCounts()
    }

    private let state = Mutex(State())
    private let trace: SimulationTrace

    init(_ trace: SimulationTrace) { self.trace = trace }

    /// The first promise that was broken.
    var breach: String? { state.withLock { $0.breach } }

    var counts: SimulationCounts { state.withLock { $0.counts } }

    func count(_ body: (inout SimulationCounts) -> Void) {
        state.withLock { body(&$0.counts) }
    }

    /// In the transaction, after all that it does.
    func look(_ errand: Errand, in session: any ReadSession) throws -> Sight {
        try Sight(of: errand, known: state.withLock { $0.lines }, in: session)
    }

    /// After the transaction is kept.
    ///
    /// - Parameter time: since the beginning, whatever clocks show.
    func judge(_ sight: Sight, _ errand: Errand, at time: Duration) {
        state.withLock { state in
            trace.add(changesFrom: state.jobs.jobs, to: sight)
            state.counts.commits += 1
            state.lines += sight.ledger.count
            let breaches = [
                state.workflows.judge(sight, errand), state.schedules.judge(sight, errand, known: state.jobs.jobs),
                state.jobs.judge(sight, errand, at: time, &state.counts),
            ]
            note(breaches.compactMap { $0 }.first, errand, &state)
        }
    }

    func fail(_ what: String) {
        state.withLock { $0.breach = $0.breach ?? what }
    }

    private func note(_ breach: String?, _ errand: Errand, _ state: inout State) {
        if let breach { state.breach = state.breach ?? "\(breach) (\(errand))" }
    }

    /// An error that nobody foresaw.
    func surprised(by error: any Error, _ errand: Errand) {
        fail("unexpected: \(error) (\(errand))")
    }
}

/// What stands in the database.
extension Witness {
    /// By name, so that who picks one picks the same each time.
    var jobs: [JobSight] {
        state.withLock { $0.jobs.jobs.values.sorted { $0.id < $1.id } }
    }

    var runs: [RunSight] {
        state.withLock { $0.workflows.runs.values.sorted { $0.id < $1.id } }
    }

    /// Once everything is done, and slots are claimed up to a time.
    func breachAtTheEnd(slotsUntil time: Timestamp) -> String? {
        state.withLock { state in
            state.counts.flows = state.workflows.runs.count
            state.counts.slots = state.schedules.runs.count
            return state.workflows.breachAtTheEnd() ?? state.schedules.breachAtTheEnd(slotsUntil: time)
        }
    }
}

/// What clients are about to do, so that it can be told from what nobody asked for.
extension Witness {
    func plan(_ jobs: [PlannedJob]) {
        state.withLock { state in for job in jobs { state.jobs.planned[job.id.text] = job } }
    }

    func plan(_ script: WorkflowScript) {
        state.withLock { $0.workflows.plan(script) }
    }

    func isNeverSent(_ signal: String) -> Bool {
        state.withLock { $0.workflows.neverSent.contains(signal) }
    }
}

/// What was refused, and whether it had to be.
extension Witness {
    func refused(_ error: LeaseLost, _ errand: Errand) {
        state.withLock { state in
            state.counts.refusals += 1
            note(state.jobs.mistake(inRefusing: error, errand), errand, &state)
        }
    }

    func refused(_ job: JobID, _ errand: Errand) {
        state.withLock { note($0.jobs.mistake(inRefusing: job, errand), errand, &$0) }
    }

    func refused(_ error: JobQueueError, _ planned: [PlannedJob], _ errand: Errand) {
        state.withLock { note($0.jobs.mistake(inRefusing: error, planned), errand, &$0) }
    }

    func refused(_ run: WorkflowID, _ errand: Errand) {
        state.withLock { note($0.workflows.mistake(inRefusing: run, errand), errand, &$0) }
    }
}
