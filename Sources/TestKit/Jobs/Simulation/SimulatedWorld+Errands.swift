import Jobs
import Storage

extension SimulatedWorld {
    /// Does an errand to its end, or to that of its process.
    func perform(_ errand: Errand) async {
        do {
            try await run(errand)
        } catch is Killed {
        } catch let error as LeaseLost {
            witness.refused(error, errand)
        } catch DatabaseError.unavailable {
            // It was told that the database is away, and will try again another time.
        } catch {
            if errand.process.isAlive { witness.surprised(by: error, errand) }
        }
    }

    private func run(_ errand: Errand) async throws {
        let queue = queue(of: errand)
        switch errand.purpose {
        // A worker's, which does them itself.
        case .serve, .handle: break
        case .claim(let limit): hand(try await claim(limit, from: queue, errand), to: errand.process)
        case .attempt(let job): try await SimulatedAttempt(job: job, errand: errand, world: self).run()
        case .completion(let jobs): try await complete(jobs, on: queue, errand)
        case .heartbeat(let job): try await extend(job, on: queue, errand)
        case .reclaim: try await reclaim(queue, errand)
        case .register: try await Schedules(queue).register(SimulatedSchedules.all, by: "simulation")
        case .claimSlots: try await claimSlots(errand)
        case .enqueue(let jobs, let isUndone): try await enqueue(jobs, isUndone, errand)
        case .cancel(let job): try await change(job, errand) { _ = try queue.cancel(job, in: $0) }
        case .hurry(let job): try await change(job, errand) { try queue.hurry(job, in: $0) }
        case .replay(let job): try await change(job, errand) { try queue.replay(job, in: $0) }
        case .prune: try await prune(queue, errand)
        case .setQueue(let name, let change): try await set(change, name, errand)
        case .setSchedule(let change): try await set(change, errand)
        case .start(let script): try await start(script, errand)
        case .signal: try await signal(errand)
        case .cancelRun(let id): try await change(id, errand) { try $0.cancel(id, in: $1) }
        case .resumeRun(let id): try await change(id, errand) { try $0.resume(id, in: $1) }
        case .recover: try await recover(errand)
        }
    }

    func write(
        _ errand: Errand, _ body: @escaping @Sendable (any WriteSession) throws -> Void
    ) async throws {
        try await database(of: errand).write(body)
    }

    // Claims and reclaims stand here alone.

    private func claim(_ limit: Int, from queue: JobQueue, _ errand: Errand) async throws -> [Job] {
        let demands = SimulatedQueues.all.map { QueueDemand($0, atMost: limit) }
        let kinds: Set = [PlannedJob.kind, SimulatedSchedules.kind, Self.flowKind]
        return try await queue.claim(demands, of: kinds, by: errand.process.name, upTo: limit)
    }

    private func reclaim(_ queue: JobQueue, _ errand: Errand) async throws {
        try await queue.reclaimExpired(JobHandlers([flowHandler(of: errand)]))
    }

    private func extend(_ job: Job, on queue: JobQueue, _ errand: Errand) async throws {
        do {
            if try await queue.heartbeat(job) { stop(job) }
        } catch JobQueueError.notFound(let id) {
            witness.refused(id, errand)
        }
    }

    /// What a plain job does.
    func tune(_ job: Job, _ errand: Errand) async throws -> JobEffect {
        try await work(errand)
        if !isKind {
            switch dice.roll(1...12) {
            case 1, 2: throw JobFailure(.passing, "no answer")
            case 3: throw JobFailure(.final, "no sound")
            case 4: throw JobFailure(.crash, "signal 11")
            default: break
            }
        }
        return job.effect
    }

    private func complete(_ jobs: [Job], on queue: JobQueue, _ errand: Errand) async throws {
        try await work(errand)
        try await write(errand) { session in
            for job in jobs { try job.effect(session) }
            try queue.complete(jobs, in: session)
        }
    }
}

/// Which queues there are.
enum SimulatedQueues {
    /// Bounded and drained now and then.
    static let tunes = ["default", "other"]
    static let ticks = "ticks"
    static let flows = "flows"
    static let all = tunes + [ticks, flows]
}
