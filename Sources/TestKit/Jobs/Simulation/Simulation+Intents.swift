import Jobs
import Storage

/// What somebody may be about to do.
extension Simulation {
    private var dice: Dice { world.dice }

    mutating func next() -> (Errand.Purpose, by: SimulatedProcess) {
        let (stranger, scheduler) = (dice.pick(strangers) ?? strangers[0], dice.pick(schedulers) ?? schedulers[0])
        switch dice.roll(1...40) {
        case 1...13: return (.claim(atMost: dice.roll(1...3)), stranger)
        case 14...16: return (.reclaim, stranger)
        case 17...19:
            guard let (job, holder) = dice.pick(attempts) else { return (.reclaim, stranger) }
            return (.heartbeat(job), holder)
        case 20...22: return (dice.isOne(in: 6) ? .register : .claimSlots, scheduler)
        case 23...29: return (.enqueue(plan(), isUndone: dice.isOne(in: 8)), client)
        case 30...35: return (jobIntent(), client)
        default: return (workflowIntent(), client)
        }
    }

    private var attempts: [(Job, by: SimulatedProcess)] {
        world.turnstile.waiting.compactMap { errand in
            if case .attempt(let job) = errand.purpose { (job, errand.process) } else { nil }
        }
    }

    private func plan() -> [PlannedJob] {
        (0..<dice.roll(1...3)).map { _ in
            let uniqueness: PlannedJob.Uniqueness? =
                switch dice.roll(1...8) {
                case 1, 2: .whileOpen("song \(dice.roll(1...2))")
                case 3: .oncePerMinute("digest")
                default: nil
                }
            return PlannedJob(
                id: world.names.make(), queue: SimulatedQueues.tunes[dice.roll(0...1)], priority: dice.roll(0...2),
                owner: owners[dice.roll(0...owners.count - 1)],
                delay: dice.isOne(in: 3) ? dice.roll(1...20) : 0, uniqueness: uniqueness)
        }
    }

    private func jobIntent() -> Errand.Purpose {
        switch dice.roll(1...15) {
        case 1...2: pick { $0.isOpen }.map { .cancel($0) } ?? .recover
        case 3: pick { _ in true }.map { .cancel($0) } ?? .recover
        case 4...5: pick { $0.isWaiting }.map { .hurry($0) } ?? .prune
        case 6...7: pick { $0.state == "dead" }.map { .replay($0) } ?? .prune
        case 8: .prune
        case 9, 13...15: .setSchedule([.pause, .pause, .resume, .resume, .resume, .run][dice.roll(0...5)])
        case 10: .setQueue(SimulatedQueues.all[dice.roll(0...3)], .pause)
        case 11: .setQueue(SimulatedQueues.all[dice.roll(0...3)], .resume)
        default: .setQueue(SimulatedQueues.tunes[dice.roll(0...1)], change())
        }
    }

    private func change() -> Errand.QueueChange {
        [.drain, .resume, .resume, .capacity(dice.roll(0...6)), .capacity(nil)][dice.roll(0...4)]
    }

    private mutating func workflowIntent() -> Errand.Purpose {
        switch dice.roll(1...10) {
        case 1...4: .start(script())
        case 5...7: .signal
        case 8: pickRun { !$0.isFinal }.map { .cancelRun($0) } ?? .signal
        case 9: pickRun { $0.status == "parked" }.map { .resumeRun($0) } ?? .recover
        default: .recover
        }
    }

    /// A new one, or one that was started before.
    private mutating func script() -> WorkflowScript {
        if scripts.count >= 2, let known = dice.pick(scripts) { return known }
        let (name, steps) = ("r\(scripts.count + 1)", dice.roll(1...5))
        let script = dice.use {
            WorkflowScript.random(name, steps: steps, depth: 1, longestSleep: 60, arrivals: [.early, .late], &$0)
        }
        scripts.append(script)
        return script
    }

    func pick(_ condition: (JobSight) -> Bool) -> JobID? {
        dice.pick(world.witness.jobs.filter(condition)).flatMap { JobID($0.id) }
    }

    func pickRun(_ condition: (RunSight) -> Bool) -> WorkflowID? {
        dice.pick(world.witness.runs.filter(condition)).flatMap { WorkflowID($0.id) }
    }
}
