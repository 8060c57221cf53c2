import Jobs
import Storage

/// What comes next.
extension Simulation {
    private var dice: Dice { world.dice }

    mutating func take(_ group: inout DiscardingTaskGroup) async {
        stopped = stopped.filter { $0.value > step }
        switch dice.roll(1...100) {
        case 1...8: pass(seconds: dice.roll(1...20))
        case 9...10: jump()
        case 11...12: if let process = dice.pick(processes) { await kill(process) }
        case 13...16: stand()
        case 17...50 where running.count < 8: await start(&group)
        default:
            let free = running.filter { stopped[$0.process.name] == nil }
            guard let errand = dice.pick(free) else { return await start(&group) }
            await goOn(errand, &group)
        }
    }

    private mutating func start(_ group: inout DiscardingTaskGroup) async {
        let (purpose, process) = next()
        guard stopped[process.name] == nil else { return trace.add("\(step) \(process.name) stands still") }
        await begin(purpose, by: process, &group)
        guard let errand = running.last, errand.number == errands else { return }
        await goOn(errand, &group)
    }

    private mutating func goOn(_ errand: Errand, _ group: inout DiscardingTaskGroup) async {
        let fate = fate()
        await admit(errand, fate, &group)
        if fate.isDeath { await kill(errand.process) }
    }

    private func fate() -> Fate {
        switch dice.roll(1...40) {
        case 1: .refused
        case 2...3: .unanswered
        case 4...5: .doubled
        case 6: .diesBefore
        case 7: .diesWithin
        case 8: .diesAfter
        default: .goesOn
        }
    }

    // Time

    private func pass(seconds: Int) {
        trace.add("\(step) \(seconds) s go by")
        for process in processes { process.advance(seconds: seconds) }
    }

    /// Somebody sets a clock, or all of them.
    private func jump() {
        let seconds = (dice.isOne(in: 2) ? -1 : 1) * dice.roll(1...3_600)
        let jumping = dice.isOne(in: 3) ? processes : dice.pick(processes).map { [$0] } ?? []
        trace.add("\(step) the clocks of \(jumping.map(\.name).joined(separator: ", ")) jump by \(seconds) s")
        for process in jumping { process.advance(seconds: seconds) }
        world.witness.count { $0.jumps += 1 }
    }

    // Processes

    /// Nothing that it has under way is ended; another starts in its place.
    private mutating func kill(_ process: SimulatedProcess) async {
        trace.add("\(step) \(process.name) dies")
        world.witness.count { $0.deaths += 1 }
        process.die()
        for errand in running where errand.process === process {
            await world.turnstile.admit(errand.number, .diesBefore)
        }
        running.removeAll { $0.process === process }
        let next = SimulatedProcess(inPlaceOf: process)
        workers = workers.map { $0 === process ? next : $0 }
        schedulers = schedulers.map { $0 === process ? next : $0 }
        if client === process { client = next }
    }

    /// For so long that what it holds goes to another, if it holds something.
    private mutating func stand() {
        let holders = workers.filter { worker in running.contains { $0.process === worker && $0.isAttempt } }
        guard let worker = dice.pick(holders) ?? dice.pick(workers) else { return }
        trace.add("\(step) \(worker.name) stands still")
        stopped[worker.name] = step + dice.roll(5...30)
        if !dice.isOne(in: 4) { pass(seconds: dice.roll(15...40)) }
    }
}
