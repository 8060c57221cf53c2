import Jobs
import Storage

/// What comes next.
extension Simulation {
    private var dice: Dice { world.dice }

    mutating func take(_ group: inout DiscardingTaskGroup) async {
        await goOnAfterStandstill()
        await startAfterRetirement()
        let waiting = world.turnstile.waiting
        switch dice.roll(1...100) {
        case 1...10: await pass(seconds: dice.isOne(in: 3) ? dice.roll(5...20) : dice.roll(1...5))
        case 11...12: jump()
        case 13...14: if let process = dice.pick(processes) { await kill(process) }
        case 15: if let worker = dice.pick(workers) { await retire(worker) }
        case 16...19: await stand()
        case 20...50 where waiting.count(where: { !$0.isOfWorker }) < 8: await start(&group)
        default:
            let free = waiting.filter { !$0.process.isStanding }
            guard let errand = dice.pick(free) else { return await start(&group) }
            await goOn(errand, &group)
        }
    }

    private mutating func start(_ group: inout DiscardingTaskGroup) async {
        let (purpose, process) = next()
        guard !process.isStanding else { return trace.add("\(step) \(process.name) stands still") }
        let errand = await begin(purpose, by: process, &group)
        if world.turnstile.isWaiting(errand.number) { await goOn(errand, &group) }
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

    /// - Parameter seconds: those who wait for a time do not all wake at the end of them.
    private func pass(seconds: Int) async {
        trace.add("\(step) \(seconds) s go by")
        for left in stride(from: seconds, to: 0, by: -Self.tick) { await pass(.seconds(min(left, Self.tick))) }
    }

    private static let tick = 5

    func pass(_ time: Duration) async {
        world.pass(time)
        for process in processes { process.pass(time) }
        await world.thread.quiet()
    }

    /// Somebody sets a clock, or all of them.
    private func jump() {
        let seconds = (dice.isOne(in: 2) ? -1 : 1) * dice.roll(1...3_600)
        let jumping = dice.isOne(in: 3) ? processes : dice.pick(processes).map { [$0] } ?? []
        trace.add("\(step) the clocks of \(jumping.map(\.name).joined(separator: ", ")) jump by \(seconds) s")
        for process in jumping { process.set(forward: seconds) }
        world.witness.count { $0.jumps += 1 }
    }

    // Processes

    /// Nothing that it has under way is ended; another starts in its place.
    private mutating func kill(_ process: SimulatedProcess) async {
        trace.add("\(step) \(process.name) dies")
        world.witness.count { $0.deaths += 1 }
        process.die()
        process.vanish()
        for errand in world.turnstile.waiting where errand.process === process {
            world.turnstile.admit(errand.number, .diesBefore)
        }
        await world.thread.quiet()
        await replace(process)
    }

    private mutating func replace(_ process: SimulatedProcess) async {
        let next = SimulatedProcess(inPlaceOf: process)
        former.append(process)
        standing[process.name] = nil
        let isWorker = workers.contains { $0 === process }
        workers = workers.map { $0 === process ? next : $0 }
        strangers = strangers.map { $0 === process ? next : $0 }
        schedulers = schedulers.map { $0 === process ? next : $0 }
        if client === process { client = next }
        if isWorker {
            world.start(next)
            await world.thread.quiet()
        }
    }

    /// Tells it to stop, as who wants to start another in its place.
    private func retire(_ worker: SimulatedProcess) async {
        guard !worker.isRetired else { return }
        trace.add("\(step) \(worker.name) is told to stop")
        world.witness.count { $0.retirements += 1 }
        worker.retire()
        await world.thread.quiet()
    }

    mutating func startAfterRetirement() async {
        for worker in workers where worker.isOver {
            if !worker.isRetired { world.witness.fail("\(worker.name) has stopped, and nobody told it to") }
            trace.add("\(step) \(worker.name) has stopped")
            await replace(worker)
        }
    }

    /// For so long that what it holds goes to another, if it holds something.
    private mutating func stand() async {
        let holders = (workers + strangers).filter { worker in
            world.turnstile.waiting.contains { $0.process === worker && $0.isAttempt }
        }
        guard let worker = dice.pick(holders) ?? dice.pick(workers + strangers) else { return }
        trace.add("\(step) \(worker.name) stands still")
        worker.stand()
        standing[worker.name] = step + dice.roll(5...30)
        if !dice.isOne(in: 4) { await pass(seconds: dice.roll(15...40)) }
    }

    private mutating func goOnAfterStandstill() async {
        for process in processes {
            guard let end = standing[process.name], end <= step else { continue }
            standing[process.name] = nil
            process.goOn()
        }
        await world.thread.quiet()
    }
}
