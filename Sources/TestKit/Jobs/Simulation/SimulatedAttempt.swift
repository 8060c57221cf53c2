import Jobs
import Storage

/// One attempt at one job by a worker of another's making, in steps that the queue's calls allow.
struct SimulatedAttempt {
    let job: Job
    let errand: Errand
    let world: SimulatedWorld

    private enum Outcome: Sendable {
        case success(JobEffect)
        case failure(JobFailure)
        case released
        case stopped
    }

    private var token: Int { job.course.token }
    private var isFlow: Bool { job.kind == SimulatedWorld.flowKind }

    func run() async throws {
        let outcome = try await outcome()
        guard errand.process.isAlive else { throw Killed() }
        try await settle(outcome)
    }

    private func outcome() async throws -> Outcome {
        if !world.isKind, world.dice.isOne(in: 16) { return .released }
        let outcome: Outcome
        do {
            outcome = .success(try await isFlow ? world.flowHandler(of: errand).run(job) : world.tune(job, errand))
        } catch let failure as JobFailure {
            outcome = .failure(failure)
        } catch {
            outcome = .failure(JobFailure(.passing, "an internal error"))
        }
        // A job that has finished in spite of being told to stop has still finished.
        return world.isStopped(job) && world.dice.isOne(in: 2) ? .stopped : outcome
    }

    /// Tried again as long as nobody knows whether it is kept: then it is delivered twice.
    private func settle(_ outcome: Outcome) async throws {
        for _ in 1...5 {
            do {
                return try await record(outcome)
            } catch let error as LeaseLost {
                return world.witness.refused(error, errand)
            } catch JobQueueError.notFound(let id) {
                // It went to another, was done, and is forgotten.
                return world.witness.refused(id, errand)
            } catch DatabaseError.unavailable {
                continue
            } catch {
                guard errand.process.isAlive, case .success = outcome else { throw error }
                return try await settle(.failure(JobFailure(.passing, "an internal error")))
            }
        }
    }

    private func record(_ outcome: Outcome) async throws {
        let queue = world.queue(of: errand)
        let (now, jitter) = (errand.now, world.dice.fraction())
        let handler = isFlow ? world.flowHandler(of: errand) : nil
        try await world.database(of: errand).write { [job, token] session in
            let event: JobEvent
            switch outcome {
            case .released: event = .released(token: token)
            case .stopped: event = .stopped(token: token)
            case .success(let effect):
                try queue.hold([job], in: session)
                try effect(session)
                return try queue.complete([job], in: session)
            case .failure(let failure):
                switch failure.kind {
                case .passing: event = .failed(token: token, at: now, reason: failure.reason, jitter: jitter)
                case .final: event = .failedForGood(token: token, reason: failure.reason)
                case .crash: event = .crashed(token: token, at: now, reason: failure.reason, jitter: jitter)
                }
            }
            let ended = try queue.apply(event, to: job.id, in: session)
            if ended.course.state.isFinal, ended.course.state != .succeeded {
                try handler?.abandoned(ended, in: session)
            }
        }
    }
}

extension Job {
    /// What a plain job writes: that it is done, by which lease.
    var effect: JobEffect {
        { [id, course] in try note("\(id) \(course.token)", run: Ledger.ofJobs, in: $0) }
    }
}
