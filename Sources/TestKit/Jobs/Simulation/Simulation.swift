import Jobs
import Storage

/// A queue, its workers, schedulers and workflows, with all that can befall them, on clocks that only the simulation turns.
///
/// The workers are those of services, timers and all; beside them are workers of others' making, which use the queue's calls
/// in whichever order. Whatever they do comes to places where something can come in between: before each transaction, and at work outside of
/// any. There they are held up, and dice decide who goes on, who dies before, within or after its commit, whose answer is
/// lost, what is done twice, which clock jumps, who stands still while its lease goes to another. All of it follows from
/// the seed: the same one does the same again, step by step. After each commit a ``Witness`` compares the database with what
/// was promised; in the end honest workers do all that is left, and it is compared with what should have come of it.
public struct Simulation: Sendable {
    /// What became of a seed.
    public struct Outcome: Sendable {
        public let violation: Violation?
        public let counts: SimulationCounts
        /// All that happened, a line each; empty unless it was asked for.
        public let trace: [String]
    }

    let world: SimulatedWorld
    let trace: SimulationTrace
    var step = 0
    /// Processes that run a `Worker`.
    var workers: [SimulatedProcess] = []
    /// Workers of others' making.
    var strangers: [SimulatedProcess] = []
    var schedulers: [SimulatedProcess] = []
    var client: SimulatedProcess
    /// Those that are no longer, and may have something under way.
    var former: [SimulatedProcess] = []
    /// Processes that stand still, and until which step.
    var standing: [String: Int] = [:]
    /// In the end nobody but the workers takes jobs, and leases that were lost.
    var isLeftToWorkers = false
    var scripts: [WorkflowScript] = []
    /// Of jobs; nil for the service's own.
    let owners: [AccountID?]

    /// Plays one seed.
    ///
    /// - Parameters:
    ///   - steps: before all that is left is done.
    ///   - fault: a mistake for it to find.
    /// - Throws: what the database throws when the stage is set.
    public static func play(
        seed: UInt64, steps: Int = 100, on stage: SimulationStage, planting fault: PlantedFault? = nil,
        keepingTrace isTraceKept: Bool = false
    ) async throws -> Outcome {
        try await stage.clear()
        if let preparation = fault?.preparation {
            _ = try await stage.database.write { try $0.execute(preparation) }
        }
        let trace = SimulationTrace(isKept: isTraceKept)
        let world = SimulatedWorld(stage, seed: seed, fault: fault, trace: trace)
        let violation = await withTaskExecutorPreference(world.thread) {
            await withDiscardingTaskGroup { group -> Violation? in
                var simulation = Simulation(world, trace)
                let what = await simulation.play(steps, &group)
                await simulation.end()
                return what.map { Violation(seed: seed, step: simulation.step, what: $0, store: stage.name) }
            }
        }
        if let violation { trace.add("\(violation)") }
        return Outcome(violation: violation, counts: world.witness.counts, trace: trace.take())
    }

    private init(_ world: SimulatedWorld, _ trace: SimulationTrace) {
        (self.world, self.trace) = (world, trace)
        owners = [nil, world.names.make(), world.names.make()]
        let process = { (name: String) in SimulatedProcess(name, on: world.thread, planting: world.fault) }
        // Where there are some, not much is left for others.
        workers = ["worker 1", "worker 2"].prefix(world.dice.roll(0...2)).map(process)
        strangers = ["stranger 1", "stranger 2"].map(process)
        schedulers = ["scheduler 1", "scheduler 2"].map(process)
        client = process("client")
    }

    /// - Returns: the promise that was broken.
    private mutating func play(_ steps: Int, _ group: inout DiscardingTaskGroup) async -> String? {
        await perform(.register, by: schedulers[0], &group)
        for worker in workers { world.start(worker) }
        await world.thread.quiet()
        while step < steps {
            step += 1
            await take(&group)
            if let breach = world.witness.breach { return breach }
        }
        step += 1
        trace.add("\(step) all that is left")
        return await finish(&group)
    }

    /// Whatever is still under way dies, so that nothing is left of the simulation.
    private mutating func end() async {
        for process in processes { process.die() }
        for process in processes { process.vanish() }
        await world.thread.quiet()
        while let errand = world.turnstile.waiting.first {
            world.turnstile.admit(errand.number, .diesBefore)
            await world.thread.quiet()
        }
        for process in former + processes { await process.end() }
    }
}

extension Simulation {
    var processes: [SimulatedProcess] { workers + strangers + schedulers + [client] }

    /// Starts an errand, which is then held up at its first place.
    @discardableResult
    mutating func begin(
        _ purpose: Errand.Purpose, by process: SimulatedProcess, _ group: inout DiscardingTaskGroup
    ) async -> Errand {
        let (world, errand) = (world, world.errand(purpose, by: process))
        group.addTask { await world.perform(errand) }
        await world.thread.quiet()
        return errand
    }

    /// Lets an errand go on to its next place.
    mutating func admit(_ errand: Errand, _ fate: Fate, _ group: inout DiscardingTaskGroup) async {
        trace.add("\(step) \(errand): \(fate.rawValue)")
        world.turnstile.admit(errand.number, fate)
        await world.thread.quiet()
        for (process, jobs) in world.takeClaimed() {
            for purpose in attempts(at: jobs) { await begin(purpose, by: process, &group) }
        }
    }

    /// Does an errand to its end.
    mutating func perform(
        _ purpose: Errand.Purpose, by process: SimulatedProcess, _ group: inout DiscardingTaskGroup
    ) async {
        let errand = await begin(purpose, by: process, &group)
        while world.turnstile.isWaiting(errand.number) { await admit(errand, .goesOn, &group) }
    }

    /// Plain jobs are sometimes ended together.
    private func attempts(at jobs: [Job]) -> [Errand.Purpose] {
        let plain = jobs.filter { $0.kind != SimulatedWorld.flowKind }
        guard world.isKind ? plain.count > 0 : plain.count > 1 && world.dice.isOne(in: 2) else {
            return jobs.map { .attempt($0) }
        }
        return [.completion(plain)] + jobs.filter { $0.kind == SimulatedWorld.flowKind }.map { .attempt($0) }
    }
}
