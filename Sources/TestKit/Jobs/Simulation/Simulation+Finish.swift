import Jobs
import Storage

/// The end: nothing goes wrong any more, and all that is left is done.
extension Simulation {
    /// More rounds than anything takes: who is not done then goes on for ever.
    private static let mostRounds = 400

    /// - Returns: the promise that was broken.
    mutating func finish(_ group: inout DiscardingTaskGroup) async -> String? {
        world.beKind()
        for process in processes { process.goOn() }
        await world.thread.quiet()
        await doWhatIsUnderWay(&group)
        setAllClocks(to: processes.map(\.now).max() ?? client.now)
        for queue in SimulatedQueues.all {
            await perform(.setQueue(queue, .open), by: client, &group)
        }
        await perform(.claimSlots, by: schedulers[0], &group)
        let claimedUntil = client.now
        isLeftToWorkers = !workers.isEmpty && world.dice.isOne(in: 2)
        var round = 0
        while world.witness.breach == nil, !isDone {
            round += 1
            if round > Self.mostRounds { return "after \(round) rounds something is not done" }
            let before = world.witness.counts.commits
            await work(&group)
            if world.witness.counts.commits == before, !isDone { await goToTheNextTime() }
        }
        await stopWorkers(&group)
        return world.witness.breach ?? world.witness.breachAtTheEnd(slotsUntil: claimedUntil)
    }

    /// With nothing to do, they end soon after they are told.
    private mutating func stopWorkers(_ group: inout DiscardingTaskGroup) async {
        for worker in workers { worker.retire() }
        await world.thread.quiet()
        await doWhatIsUnderWay(&group)
        for _ in 0..<20 where workers.contains(where: { !$0.isOver }) {
            await pass(.seconds(1))
            await doWhatIsUnderWay(&group)
        }
        for worker in workers where !worker.isOver { world.witness.fail("\(worker.name) does not stop") }
    }

    /// Stale workers, too, do what they were about to do.
    private mutating func doWhatIsUnderWay(_ group: inout DiscardingTaskGroup) async {
        while world.witness.breach == nil, let errand = world.dice.pick(world.turnstile.waiting) {
            await admit(errand, .goesOn, &group)
        }
    }

    private var isDone: Bool {
        world.witness.jobs.allSatisfy(\.isFinal) && world.witness.runs.allSatisfy(\.isFinal)
    }

    private mutating func work(_ group: inout DiscardingTaskGroup) async {
        await doWhatIsUnderWay(&group)
        await startAfterRetirement()
        let (jobs, runs, now) = (world.witness.jobs, world.witness.runs, client.now)
        if !isLeftToWorkers {
            if jobs.contains(where: { ($0.until ?? now) < now }) { await perform(.reclaim, by: strangers[0], &group) }
            if jobs.contains(where: { $0.state == "ready" || $0.isWaiting && $0.runAt <= now }) {
                await perform(.claim(atMost: JobQueue.largestClaim), by: strangers[0], &group)
                return await doWhatIsUnderWay(&group)
            }
        }
        for run in runs where run.status == "parked" {
            if let id = WorkflowID(run.id) { await perform(.resumeRun(id), by: client, &group) }
        }
        if runs.contains(where: { !$0.isFinal }) {
            await perform(.signal, by: client, &group)
            await perform(.recover, by: client, &group)
        }
    }

    /// In small steps while workers watch leases: who has not looked for long does not know who was silent.
    private mutating func goToTheNextTime() async {
        let jobs = world.witness.jobs
        if isLeftToWorkers, jobs.contains(where: \.isLeased) { return await pass(.seconds(2)) }
        let times = jobs.compactMap {
            $0.isLeased ? $0.until.map { $0 + .seconds(1) } : $0.isWaiting ? $0.runAt : nil
        }
        await pass(max(times.min().map { $0 - client.now } ?? .zero, .seconds(2)))
    }

    private func setAllClocks(to time: Timestamp) {
        trace.add("\(step) it is \(time)")
        for process in processes { process.turn(to: time) }
    }
}
