import Logging
import ServiceLifecycle
import Storage

/// One attempt at one job: run it, keep its lease alive, record how it ended.
struct JobRun: Sendable {
    let job: Job
    let worker: Worker

    private var queue: JobQueue { worker.queue }
    private var token: Int { job.course.token }

    func run() async {
        let started = ContinuousClock.now
        // Claimed while the stop was asked for: not begun any more.
        let outcome = Task.isShuttingDownGracefully ? .released : await outcome()
        // Not in the present task: a stopping worker is cancelled, and must still be able to give its job back.
        let status = await Task { await settle(outcome) }.value
        var log = worker.logger
        log[metadataKey: "job_id"] = "\(job.id)"
        if let detail = outcome.detail { log[metadataKey: "reason"] = "\(detail)" }
        log.info(
            "job",
            metadata: [
                "kind": "\(job.kind)", "queue": "\(job.queue)", "attempt": .stringConvertible(job.course.attempts),
                "outcome": "\(outcome.name)", "status": "\(status?.rawValue ?? "lease lost")",
                "duration": .stringConvertible(started.duration(to: .now).inMilliseconds),
            ])
    }

    private enum Outcome: Sendable {
        case success(JobEffect)
        case failure(JobFailure, detail: String?)
        /// The worker stops.
        case released
        /// The owner cancelled the job.
        case stopped
        case leaseLost

        var name: String {
            switch self {
            case .success: "succeeded"
            case .failure: "failed"
            case .released: "released"
            case .stopped: "stopped"
            case .leaseLost: "lease lost"
            }
        }

        var detail: String? {
            if case .failure(let failure, let detail) = self { detail ?? failure.reason } else { nil }
        }
    }

    /// Runs the handler beside the watch over its lease; whichever ends first ends the other.
    private func outcome() async -> Outcome {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await handle() }
            group.addTask { await watch() }
            var first: Outcome?
            for await outcome in group {
                group.cancelAll()
                // A handler that finished in spite of being told to stop has still finished: the fencing decides.
                if case .success = outcome { return outcome ?? .released }
                first = first ?? outcome
            }
            return first ?? .released
        }
    }

    private func handle() async -> Outcome? {
        guard let handler = worker.handlers[job.kind] else {
            return .failure(JobFailure(.passing, "no worker here knows how to do '\(job.kind)'"), detail: nil)
        }
        do {
            return .success(try await handler.run(job))
        } catch let failure as JobFailure {
            return .failure(failure, detail: nil)
        } catch is CancellationError where Task.isCancelled || Task.isShuttingDownGracefully {
            return nil
        } catch {
            // The owner is not shown what may name files or statements; the history and the log are the operator's.
            return .failure(JobFailure(.passing, "an internal error"), detail: String(describing: error))
        }
    }

    /// Nil when the handler ended first.
    private func watch() async -> Outcome? {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await heartbeats() }
            group.addTask {
                do {
                    try await gracefulShutdown()
                    try await Task.sleep(for: worker.configuration.grace)
                    return .released
                } catch {
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private func heartbeats() async -> Outcome? {
        while true {
            do {
                try await Task.sleep(for: queue.policy(of: job.kind).lease / 3)
                if try await queue.heartbeat(job) { return .stopped }
            } catch is LeaseLost {
                return .leaseLost
            } catch is CancellationError {
                return nil
            } catch {
                // The next one may succeed; if not, the lease runs out and the fencing decides.
                worker.logger.warning("heartbeat failed", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
            }
        }
    }

    /// - Returns: how the job stands now; nil when it is another's.
    private func settle(_ outcome: Outcome) async -> JobStatus? {
        for attempt in 1...5 {
            do {
                return try await record(outcome)
            } catch is LeaseLost {
                return nil
            } catch {
                worker.logger.error(
                    "cannot record a job's end", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
                if case .success = outcome, !error.mayPass {
                    // The effect itself cannot be written: that is a failure of the attempt, not a reason to wait.
                    return await settle(
                        .failure(JobFailure(.passing, "an internal error"), detail: String(describing: error)))
                }
                try? await Task.sleep(for: .milliseconds(200 * attempt))
            }
        }
        return nil
    }

    private func record(_ outcome: Outcome) async throws -> JobStatus? {
        if case .success(let effect) = outcome {
            try await worker.completions.complete(job, effect)
            return .completed
        }
        let now = queue.clock.now()
        let jitter = Double.random(in: 0...1)
        return try await queue.database.write { session in
            let event: JobEvent
            switch outcome {
            case .success, .leaseLost: return nil
            case .released: event = .released(token: token)
            case .stopped: event = .stopped(token: token)
            case .failure(let failure, _):
                switch failure.kind {
                case .passing: event = .failed(token: token, at: now, reason: failure.reason, jitter: jitter)
                case .final: event = .failedForGood(token: token, reason: failure.reason)
                case .crash: event = .crashed(token: token, at: now, reason: failure.reason, jitter: jitter)
                }
            }
            let ended = try queue.apply(event, to: job.id, detail: outcome.detail, in: session)
            if ended.course.state.isFinal { try worker.handlers[job.kind]?.abandoned(ended, in: session) }
            return ended.course.state.status
        }
    }
}

extension Error {
    /// The database is away or contended: the same transaction may succeed later.
    var mayPass: Bool {
        switch self as? DatabaseError {
        case .busy, .unavailable: true
        default: false
        }
    }
}

extension Duration {
    /// For logs.
    fileprivate var inMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
