import Jobs
import Storage
import Synchronization

/// What the errands of a simulation share.
final class SimulatedWorld: Sendable {
    static let flowKind = "workflow/\(Scripted.name)"
    static let leases = (usual: RetryPolicy(seconds: 15), ticks: RetryPolicy(seconds: 30))

    let stage: SimulationStage
    let fault: PlantedFault?
    let thread = OneThread()
    let turnstile = Turnstile()
    let dice: Dice
    let names: NameBook
    let witness: Witness
    /// Workers do either.
    let hasOneWriter: Bool
    private let signals = LocalSignals()
    private let state = Mutex(State())

    private struct State {
        /// From then on everybody does well.
        var isKind = false
        var errands = 0
        /// Since the beginning, whatever clocks show.
        var elapsed = Duration.zero
        var claimed: [(process: SimulatedProcess, jobs: [Job])] = []
        /// Leases whose holder was told that the job is to be stopped, or that it is another's.
        var stops: Set<Lease> = []
        var failures: [String: Int] = [:]
    }

    private struct Lease: Hashable {
        let job: JobID
        let token: Int
    }

    var database: any Database { stage.database }

    init(_ stage: SimulationStage, seed: UInt64, fault: PlantedFault?, trace: SimulationTrace) {
        (self.stage, self.fault) = (stage, fault)
        (dice, names, witness) = (Dice(seed: seed), NameBook(seed: seed), Witness(trace))
        hasOneWriter = dice.isOne(in: 2)
    }

    func errand(_ purpose: Errand.Purpose, by process: SimulatedProcess) -> Errand {
        let number = state.withLock { state in
            state.errands += 1
            return state.errands
        }
        return Errand(number, purpose, by: process)
    }

    var elapsed: Duration { state.withLock(\.elapsed) }

    func pass(_ time: Duration) { state.withLock { $0.elapsed += time } }

    /// The one place where errands are held up.
    func pass(_ errand: Errand) async throws(Killed) -> Fate {
        guard errand.process.isAlive else { throw Killed() }
        let fate = await turnstile.pass(errand)
        guard errand.process.isAlive else { throw Killed() }
        if fate.isDeath { errand.process.die() }
        return fate
    }

    /// Work outside of any transaction: others may come in between, and the process may die over it.
    func work(_ errand: Errand) async throws(Killed) {
        if try await pass(errand).isDeath { throw Killed() }
    }

    func database(for errand: Errand) -> any Database {
        if let fault { FaultyDatabase(base: database, fault: fault, errand: errand) } else { database }
    }

    func database(of errand: Errand) -> SimulatedDatabase { SimulatedDatabase(world: self) { errand } }

    func queue(of errand: Errand) -> JobQueue { queue({ errand }, on: errand.process) }

    /// - Parameter errand: that of the next transaction.
    func queue(_ errand: @escaping @Sendable () -> Errand, on process: SimulatedProcess) -> JobQueue {
        JobQueue(
            SimulatedDatabase(world: self, errand: errand), policy: Self.leases.usual,
            policies: [SimulatedSchedules.kind: Self.leases.ticks], signals: signals, clock: process.clock)
    }

    func workflows(of errand: Errand) -> Workflows { Workflows(queue(of: errand)) }

    func flowHandler(of errand: Errand) -> WorkflowHandler<Scripted> {
        flowHandler(queue(of: errand)) { errand }
    }

    /// - Parameter errand: that of the next work outside of any transaction.
    func flowHandler(_ queue: JobQueue, _ errand: @escaping @Sendable () -> Errand) -> WorkflowHandler<Scripted> {
        let surroundings = ErrandSurroundings(world: self, errand: errand)
        return Workflows(queue).handler(Scripted(world: surroundings, patience: .seconds(60)))
    }

    var isKind: Bool { state.withLock { $0.isKind } }

    func beKind() { state.withLock { $0.isKind = true } }

    func hand(_ jobs: [Job], to process: SimulatedProcess) {
        if !jobs.isEmpty { state.withLock { $0.claimed.append((process, jobs)) } }
    }

    /// What was claimed since the last call.
    func takeClaimed() -> [(process: SimulatedProcess, jobs: [Job])] {
        state.withLock { state in
            defer { state.claimed = [] }
            return state.claimed
        }
    }

    func stop(_ job: Job) {
        state.withLock { _ = $0.stops.insert(Lease(job: job.id, token: job.course.token)) }
    }

    func isStopped(_ job: Job) -> Bool {
        state.withLock { $0.stops.contains(Lease(job: job.id, token: job.course.token)) }
    }

    /// Whether the next attempt at a step fails, as the first so many do.
    func fails(_ step: String, times: Int) -> Bool {
        state.withLock { state in
            state.failures[step, default: 0] += 1
            return state.failures[step, default: 0] <= times
        }
    }
}

/// What is around a workflow in one errand.
private struct ErrandSurroundings: ScriptWorld {
    let world: SimulatedWorld
    let errand: @Sendable () -> Errand

    func happen(_ place: String) async throws { try await world.work(errand()) }
    /// Sessions of the simulation die by themselves.
    func happenWhileWriting(_ place: String) {}

    func fails(_ step: String, times: Int) -> Bool { world.fails(step, times: times) }
}

extension RetryPolicy {
    /// Strict, so that a hundred steps come to its limits.
    fileprivate init(seconds lease: Int) {
        self.init(attempts: 3, lostLeases: 4)
        (self.lease, crashes) = (.seconds(lease), 2)
    }
}
