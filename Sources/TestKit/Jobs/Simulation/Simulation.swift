import Jobs
import Storage

/// A queue, its workers, schedulers and workflows, with all that can befall them, on clocks that only the simulation turns.
///
/// Whatever they do comes to places where something can come in between: before each transaction, and at work outside of
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
    var errands = 0
    /// Errands that are held up, in the order in which they began.
    var running: [Errand] = []
    var workers: [SimulatedProcess] = []
    var schedulers: [SimulatedProcess] = []
    var client: SimulatedProcess
    /// Processes that stand still, and until which step.
    var stopped: [String: Int] = [:]
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
        let violation = await withTaskExecutorPreference(OneThread()) {
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
        workers = (1...3).map { SimulatedProcess("worker \($0)") }
        schedulers = (1...2).map { SimulatedProcess("scheduler \($0)") }
        client = SimulatedProcess("client")
    }

    /// - Returns: the promise that was broken.
    private mutating func play(_ steps: Int, _ group: inout DiscardingTaskGroup) async -> String? {
        await perform(.register, by: schedulers[0], &group)
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
        while let errand = running.popLast() {
            while world.turnstile.isWaiting(errand.number) { await world.turnstile.admit(errand.number, .diesBefore) }
        }
    }
}

extension Simulation {
    var processes: [SimulatedProcess] { workers + schedulers + [client] }

    /// Starts an errand, which is then held up at its first place.
    mutating func begin(
        _ purpose: Errand.Purpose, by process: SimulatedProcess, _ group: inout DiscardingTaskGroup
    ) async {
        errands += 1
        let (world, errand) = (world, Errand(errands, purpose, by: process))
        await world.turnstile.begin { group.addTask { await world.perform(errand) } }
        if world.turnstile.isWaiting(errand.number) { running.append(errand) }
    }

    /// Lets an errand go on to its next place.
    mutating func admit(_ errand: Errand, _ fate: Fate, _ group: inout DiscardingTaskGroup) async {
        trace.add("\(step) \(errand): \(fate.rawValue)")
        await world.turnstile.admit(errand.number, fate)
        if !world.turnstile.isWaiting(errand.number) { running.removeAll { $0.number == errand.number } }
        for (process, jobs) in world.takeClaimed() {
            for purpose in attempts(at: jobs) { await begin(purpose, by: process, &group) }
        }
    }

    /// Does an errand to its end.
    mutating func perform(
        _ purpose: Errand.Purpose, by process: SimulatedProcess, _ group: inout DiscardingTaskGroup
    ) async {
        await begin(purpose, by: process, &group)
        guard let errand = running.last, errand.number == errands else { return }
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
