import Jobs
import Storage

/// What may become of jobs, and by whom.
struct JobRules {
    /// As they stand, by their names.
    var jobs: [String: JobSight] = [:]
    /// What clients have asked for, or were about to.
    var planned: [String: PlannedJob] = [:]
    var queues: [String: QueueRule] = [:]
    /// By job: failures since it was enqueued or replayed.
    private var failures: [String: Int] = [:]
    private var effects: [String: Int] = [:]
    /// Of unique jobs.
    private var minutes: [String: Int64] = [:]
    /// When leases were given, or extended last.
    private var renewals: [String: Duration] = [:]

    struct QueueRule {
        var isPaused = false
        var isDraining = false
        var capacity: Int?
    }

    mutating func judge(
        _ sight: Sight, _ errand: Errand, at time: Duration, _ counts: inout SimulationCounts
    ) -> String? {
        let after = Dictionary(sight.jobs.map { ($0.id, $0) }) { first, _ in first }
        if after.count != sight.jobs.count { return "a job stands there twice" }
        for id in jobs.keys where after[id] == nil {
            if let breach = breachOfRemoval(id, errand) { return breach }
        }
        for job in sight.jobs where jobs[job.id] != job {
            guard let before = jobs[job.id] else {
                if job.isLeased { renewals[job.id] = time }
                if let breach = breachOfArrival(job, errand) { return breach }
                continue
            }
            if let breach = breach(before, job, errand, at: time) { return "job \(job.id.prefix(4)): \(breach)" }
            if let breach = count(before, job, errand, &counts) { return "job \(job.id.prefix(4)): \(breach)" }
        }
        let before = jobs
        jobs = after
        return judgeEffects(sight.ledger, before, errand, &counts) ?? judgeUniqueness(sight.jobs)
            ?? judgeQueue(errand, before)
    }

    // From one state to another

    private mutating func breach(
        _ before: JobSight, _ after: JobSight, _ errand: Errand, at time: Duration
    ) -> String? {
        if after.isLeased, after.until != before.until { renewals[after.id] = time }
        if after.token < before.token { return "its token went back" }
        if before.isFinal { return breachOfFinality(before, after, errand) }
        if after.isLeased {
            return before.isLeased ? breachOfExtension(before, after, errand) : breachOfClaim(before, after, errand)
        }
        if after.token != before.token { return "its token grew without a lease" }
        return before.isLeased ? breachOfEnd(before, after, errand, at: time) : breachOfWaiting(before, after, errand)
    }

    private func breachOfClaim(_ before: JobSight, _ after: JobSight, _ errand: Errand) -> String? {
        switch errand.purpose {
        case .claim, .serve: break
        default: return "leased by nobody who claims"
        }
        if after.worker != errand.process.name { return "leased in another's name" }
        if after.token != before.token + 1 { return "its token did not grow with its lease" }
        if after.attempts != before.attempts + 1 { return "an attempt was not counted" }
        if queues[after.queue]?.isPaused == true { return "started although its queue is paused" }
        if before.state != "ready", before.runAt > errand.now { return "started before its time" }
        return after.until == errand.now + Self.lease(of: after) ? nil : "its lease has another length"
    }

    private static func lease(of job: JobSight) -> Duration {
        let leases = SimulatedWorld.leases
        return job.kind == SimulatedSchedules.kind ? leases.ticks.lease : leases.usual.lease
    }

    private func breachOfExtension(_ before: JobSight, _ after: JobSight, _ errand: Errand) -> String? {
        if after.token != before.token || after.worker != before.worker {
            return "its lease went from \(before.worker ?? "nobody") to \(after.worker ?? "nobody") before it ended"
        }
        if after.attempts != before.attempts { return "an attempt was counted twice" }
        if after.until != before.until, !errand.holds(after) {
            return "its lease was extended by one who does not hold it"
        }
        return nil
    }

    private func breachOfEnd(
        _ before: JobSight, _ after: JobSight, _ errand: Errand, at time: Duration
    ) -> String? {
        if isReclaimed(before, after, errand) {
            if isHeld(before, errand, at: time) { return "its lease was ended too early" }
            if after.attempts != before.attempts - 1 { return "a lost lease spent an attempt" }
            return ["ready", "cancelled", "dead"].contains(after.state) ? nil : "reclaimed into \(after.state)"
        }
        guard errand.holds(before) else { return "a stale worker was heard: \(after.state)" }
        switch (after.state, before.isCancelRequested) {
        case ("succeeded", _), ("dead", false), ("retryable", false): return spent(0, before, after)
        case ("cancelled", true): return nil
        case ("ready", false): return spent(1, before, after)
        default: return "ended as \(after.state)"
        }
    }

    private func isReclaimed(_ before: JobSight, _ after: JobSight, _ errand: Errand) -> Bool {
        switch errand.purpose {
        case .reclaim: true
        case .serve: after.lostLeases > before.lostLeases
        default: false
        }
    }

    /// Whether a lease has not run out: for a worker by a clock that nobody sets, for others by their own.
    private func isHeld(_ job: JobSight, _ errand: Errand, at time: Duration) -> Bool {
        if errand.isOfWorker { return time - renewals[job.id, default: .zero] < Self.lease(of: job) }
        return job.until.map { $0 > errand.began } ?? false
    }

    private func spent(_ given: Int, _ before: JobSight, _ after: JobSight) -> String? {
        after.attempts == before.attempts - given ? nil : "\(before.attempts) attempts became \(after.attempts)"
    }

    private func breachOfWaiting(_ before: JobSight, _ after: JobSight, _ errand: Errand) -> String? {
        switch (after.state, errand.purpose) {
        case ("ready", .claim), ("ready", .serve):
            return before.runAt <= errand.now ? nil : "ready before its time"
        case ("ready", .hurry(let id)) where id.text == after.id && before.state != "ready": return nil
        case ("cancelled", .cancel(let id)) where id.text == after.id: return nil
        // A timer that is no longer needed.
        case ("cancelled", _) where after.kind == SimulatedWorld.flowKind && before.state == "scheduled": return nil
        default: return "from \(before.state) to \(after.state) by nobody who may"
        }
    }

    private func breachOfFinality(_ before: JobSight, _ after: JobSight, _ errand: Errand) -> String? {
        guard case .replay(let id) = errand.purpose, id.text == after.id else {
            return "\(before.state) was not final: \(after.state)"
        }
        guard (before.state, after.state) == ("dead", "ready") else { return "replayed from \(before.state)" }
        return after.attempts == 0 && after.token == before.token ? nil : "replayed without all its attempts"
    }

    private mutating func count(
        _ before: JobSight, _ after: JobSight, _ errand: Errand, _ counts: inout SimulationCounts
    ) -> String? {
        let policy = SimulatedWorld.leases.usual
        if after.isLeased, !before.isLeased { counts.claims += 1 }
        if errand.isOfWorker, after.lostLeases > before.lostLeases { counts.rescues += 1 }
        if before.isFinal { failures[after.id] = 0 }
        if before.isLeased, after.state == "retryable" { failures[after.id, default: 0] += 1 }
        guard (0...policy.attempts).contains(after.attempts), failures[after.id, default: 0] < policy.attempts else {
            return "more attempts than its policy has"
        }
        guard after.lostLeases <= policy.lostLeases, after.crashes <= policy.crashes else {
            return "more lost leases or crashes than its policy has"
        }
        return nil
    }

    // Coming and going

    private func breachOfRemoval(_ id: String, _ errand: Errand) -> String? {
        guard case .prune = errand.purpose, jobs[id]?.isFinal == true else { return "job \(id.prefix(4)) is lost" }
        return nil
    }

    private mutating func breachOfArrival(_ job: JobSight, _ errand: Errand) -> String? {
        let now = errand.now
        if isTakenOnArrival(job, errand) { return nil }
        guard job.token == 0, job.attempts == 0, job.state == (job.runAt > now ? "scheduled" : "ready") else {
            return "job \(job.id.prefix(4)) came as \(job.state)"
        }
        if queues[job.queue]?.isDraining == true { return "job \(job.id.prefix(4)) came to a queue that drains" }
        switch (job.kind, errand.purpose) {
        case (PlannedJob.kind, .enqueue(let jobs, isUndone: false)) where jobs.contains { $0.id.text == job.id }:
            if case .oncePerMinute? = planned[job.id]?.uniqueness { minutes[job.id] = now.milliseconds / 60_000 }
            return nil
        // The rules of schedules and workflows tell whose they are.
        case (SimulatedSchedules.kind, .claimSlots), (SimulatedSchedules.kind, .setSchedule): return nil
        case (SimulatedWorld.flowKind, _) where errand.touchesWorkflows: return nil
        default: return "job \(job.id.prefix(4)) came from nowhere"
        }
    }

    /// By the worker that enqueues it: the job of a workflow, in the transaction that ends another.
    private func isTakenOnArrival(_ job: JobSight, _ errand: Errand) -> Bool {
        guard case .serve = errand.purpose, job.kind == SimulatedWorld.flowKind, job.isLeased else { return false }
        return job.token == 1 && job.attempts == 1 && job.worker == errand.process.name && job.runAt <= errand.now
            && queues[job.queue]?.isPaused != true && job.until == errand.now + Self.lease(of: job)
    }

    // What is true of all of them

    private mutating func judgeEffects(
        _ lines: [Ledger.Line], _ before: [String: JobSight], _ errand: Errand, _ counts: inout SimulationCounts
    ) -> String? {
        for line in lines where line.run == Ledger.ofJobs {
            let words = line.note.split(separator: " ")
            guard words.count == 2, let token = Int(words[1]) else { return "a line of nobody's: \(line.note)" }
            let id = String(words[0])
            if effects.updateValue(token, forKey: id) != nil { return "job \(id.prefix(4)): its effect is there twice" }
            guard let held = before[id], held.token == token, errand.holds(held), jobs[id]?.state == "succeeded" else {
                return "job \(id.prefix(4)): an effect of one who does not hold it"
            }
            counts.effects += 1
            if errand.isOfWorker { counts.served += 1 }
        }
        for job in jobs.values where job.state == "succeeded" && job.kind != SimulatedWorld.flowKind {
            if effects[job.id] != job.token { return "job \(job.id.prefix(4)): succeeded without its effect" }
        }
        return nil
    }

    private struct UniqueKey: Hashable {
        let key: String
        /// Nil while it is open.
        let minute: Int64?
    }

    private func judgeUniqueness(_ jobs: [JobSight]) -> String? {
        var seen: Set<UniqueKey> = []
        for job in jobs {
            let key: UniqueKey
            switch planned[job.id]?.uniqueness {
            case .whileOpen(let name)? where job.isOpen: key = UniqueKey(key: name, minute: nil)
            case .oncePerMinute(let name)?: key = UniqueKey(key: name, minute: minutes[job.id])
            default: continue
            }
            if !seen.insert(key).inserted { return "two live jobs of the unique key '\(key.key)'" }
        }
        return nil
    }

    private mutating func judgeQueue(_ errand: Errand, _ before: [String: JobSight]) -> String? {
        switch errand.purpose {
        case .setQueue(let queue, .pause): queues[queue, default: QueueRule()].isPaused = true
        case .setQueue(let queue, .drain):
            queues[queue, default: QueueRule()].isPaused = false
            queues[queue, default: QueueRule()].isDraining = true
        case .setQueue(let queue, .resume):
            queues[queue, default: QueueRule()].isPaused = false
            queues[queue, default: QueueRule()].isDraining = false
        case .setQueue(let queue, .capacity(let capacity)): queues[queue, default: QueueRule()].capacity = capacity
        case .setQueue(let queue, .open): queues[queue] = nil
        case .enqueue(let jobs, _):
            for job in jobs {
                if isMissing(job) { return "job \(job.id.short) was accepted and is not there" }
                let isNew = before[job.id.text] == nil && self.jobs[job.id.text] != nil
                if isNew, let capacity = queues[job.queue]?.capacity, waiting(in: job.queue) > capacity {
                    return "'\(job.queue)' holds more than it may"
                }
            }
        default: break
        }
        return nil
    }

    func waiting(in queue: String) -> Int { jobs.values.count { $0.queue == queue && $0.isWaiting } }

    private func isMissing(_ planned: PlannedJob) -> Bool {
        guard jobs[planned.id.text] == nil else { return false }
        guard let uniqueness = planned.uniqueness else { return true }
        return !jobs.values.contains { self.planned[$0.id]?.uniqueness == uniqueness }
    }
}

// What was refused
extension JobRules {
    func mistake(inRefusing error: LeaseLost, _ errand: Errand) -> String? {
        // A workflow's job may hold its lease and have lost its run.
        guard let job = jobs[error.job.text], job.kind != SimulatedWorld.flowKind, job.isLeased,
            errand.holds(job)
        else { return nil }
        return "the holder of \(error.job.short) was refused"
    }

    func mistake(inRefusing id: JobID, _ errand: Errand) -> String? {
        guard let job = jobs[id.text] else { return nil }
        let isPossible =
            switch errand.purpose {
            case .cancel: job.isOpen
            case .hurry: ["scheduled", "retryable"].contains(job.state)
            case .replay: job.state == "dead" && !hasOpenTwin(job)
            case .attempt, .heartbeat: true
            default: false
            }
        return isPossible ? "refused for a job that is \(job.state)" : nil
    }

    /// Another with its unique key, which goes before.
    private func hasOpenTwin(_ job: JobSight) -> Bool {
        guard let uniqueness = planned[job.id]?.uniqueness else { return false }
        return jobs.values.contains { $0.id != job.id && $0.isOpen && planned[$0.id]?.uniqueness == uniqueness }
    }

    func mistake(inRefusing error: JobQueueError, _ planned: [PlannedJob]) -> String? {
        switch error {
        case .draining(let queue): queues[queue]?.isDraining == true ? nil : "'\(queue)' does not drain"
        case .full(let queue, let capacity):
            waiting(in: queue) + planned.count { $0.queue == queue } > capacity ? nil : "'\(queue)' is not full"
        case .payloadTooLarge, .payloadNotText, .resultTooLarge, .notFound, .replaced: "unexpected: \(error)"
        }
    }
}
