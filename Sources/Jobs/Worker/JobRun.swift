import Logging
import ServiceLifecycle
import Storage

/// One attempt at one job: run it, keep its lease alive, record how it ended.
struct JobRun: Sendable {
    let job: Job
    let worker: Worker

    private var queue: JobQueue { worker.queue }
    private var machine: any Machine { worker.machine }
    private var token: Int { job.course.token }

    /// What is known of the end.
    private struct Record: Sendable {
        /// How the job stands now; nil when it is another's.
        var status: JobStatus?
        /// What was claimed for the slot meanwhile.
        var next: Job?
    }

    /// - Returns: the job that is next in the slot; nil when it is free.
    func run() async -> Job? {
        let started = machine.now
        return await run { outcome in
            // Not in the present task: a stopping worker is cancelled, and must still be able to give its job back.
            let record = await Task(executorPreference: machine.executor) { await settle(outcome) }.value
            log(outcome, record.status, after: started.duration(to: machine.now))
            return record.next
        }
    }

    private func log(_ outcome: Outcome, _ status: JobStatus?, after duration: Duration) {
        var log = worker.logger
        log[metadataKey: "job_id"] = "\(job.id)"
        if let trace = job.trace { log[metadataKey: "trace_id"] = "\(trace.traceID)" }
        if let detail = outcome.detail { log[metadataKey: "reason"] = "\(detail)" }
        let level: Logger.Level = if case .failure = outcome { .warning } else { .info }
        log.log(
            level: level, "job",
            metadata: [
                "kind": "\(job.kind)", "queue": "\(job.queue)", "attempt": .stringConvertible(job.course.attempts),
                "outcome": "\(outcome.name)", "status": "\(status?.rawValue ?? "lease lost")",
                "duration": .stringConvertible(duration.inMilliseconds),
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

        init(_ stop: Heartbeats.Stop) {
            switch stop {
            case .released: self = .released
            case .cancelled: self = .stopped
            case .leaseLost: self = .leaseLost
            }
        }

        var name: String {
            switch self {
            case .success: "succeeded"
            case .failure: "failed"
            case .released: "released"
            case .stopped: "stopped"
            case .leaseLost: "lease lost"
            }
        }

        /// The owner is not shown what may name files or statements; the history and the log are the operator's.
        static func internalError(_ error: any Error) -> Outcome {
            .failure(JobFailure(.passing, "an internal error"), detail: String(describing: error))
        }

        var detail: String? {
            if case .failure(let failure, let detail) = self { detail ?? failure.reason } else { nil }
        }
    }

    private enum Turn: Sendable {
        case handled(Outcome?)
        case told(Heartbeats.Stop?)
        case outOfPatience
    }

    /// Runs the handler until it ends, or is to stop. One that does not end when it is told to is waited for for a while; then
    /// the job ends without it.
    private func run(_ settle: (Outcome) async -> Job?) async -> Job? {
        let id = worker.heartbeats.add(job)
        defer { worker.heartbeats.remove(id) }
        return await withTaskGroup(of: Turn.self) { group in
            group.addTask { .handled(await handle()) }
            group.addTask { .told(await worker.heartbeats.stop(of: id)) }
            var (verdict, isSettled, next) = (Outcome?.none, false, Job?.none)
            // Beside the group, which is cancelled while it runs.
            var patience: Task<Void, Never>?
            for await turn in group {
                switch turn {
                case .handled(let outcome):
                    patience?.cancel()
                    if isSettled { continue }
                    // A handler that finished in spite of being told to stop has still finished: the fencing decides.
                    if case .success? = outcome { verdict = outcome }
                    // The lease is kept alive meanwhile: others may be written first.
                    next = await settle(verdict ?? outcome ?? .released)
                    isSettled = true
                    group.cancelAll()
                case .told(let stop):
                    verdict = stop.map(Outcome.init)
                    group.cancelAll()
                    if isSettled { continue }
                    let timer = Task(executorPreference: machine.executor) {
                        _ = try? await machine.sleep(for: queue.policy(of: job.kind).lease / 3)
                    }
                    patience = timer
                    group.addTask {
                        await timer.value
                        return .outOfPatience
                    }
                case .outOfPatience:
                    if isSettled { continue }
                    next = await settle(verdict ?? .released)
                    isSettled = true
                }
            }
            return next
        }
    }

    private func handle() async -> Outcome? {
        // Claimed just before the stop, and not begun.
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return nil }
        guard let handler = worker.handlers[job.kind] else { return .released }
        // The step that this run is.
        let trace = job.trace?.next()
        do {
            let effect = try await TraceContext.$current.withValue(trace) { try await handler.run(job) }
            return .success(carried(effect, in: trace))
        } catch let failure as JobFailure {
            return .failure(failure, detail: nil)
        } catch is CancellationError where Task.isShuttingDownGracefully {
            return nil
        } catch  where Task.isCancelled {
            // Whatever it made of that.
            return nil
        } catch {
            return .internalError(error)
        }
    }

    /// What the effect enqueues is of the same trace. It may run together with those of other jobs.
    private func carried(_ effect: @escaping JobEffect, in trace: TraceContext?) -> JobEffect {
        guard let trace else { return effect }
        return { session in try TraceContext.$current.withValue(trace) { try effect(session) } }
    }

    /// Tries as long as the lease may last.
    private func settle(_ outcome: Outcome) async -> Record {
        let (began, lease) = (machine.now, queue.policy(of: job.kind).lease)
        var (pause, isAlone, record) = (Duration.milliseconds(200), false, Record())
        while true {
            do {
                if case .success(let effect) = outcome {
                    let completion = await worker.completions.complete(job, effect, isAlone: isAlone)
                    record.next = completion.next ?? record.next
                    if let failure = completion.failure { throw failure }
                    record.status = .completed
                } else {
                    record.status = try await status(after: outcome)
                }
                return record
            } catch is LeaseLost {
                return record
            } catch {
                worker.logger.error(
                    "cannot record a job's end", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
                if case .success = outcome, !error.mayPass {
                    // The effect itself cannot be written: that is a failure of the attempt, not a reason to wait.
                    let failure = error as? JobFailure
                    record.status = await settle(failure.map { .failure($0, detail: nil) } ?? .internalError(error))
                        .status
                    return record
                }
                guard began.duration(to: machine.now) + pause < lease else { return record }
                try? await machine.sleep(for: pause)
                isAlone = true
                pause = min(pause * 2, .seconds(1))
            }
        }
    }

    /// Records an end without success.
    private func status(after outcome: Outcome) async throws -> JobStatus? {
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
            try worker.handlers.abandon(ended, in: session)
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
