import Logging
import Storage
import Synchronization

/// Keeps the leases of the jobs that a worker runs, all with one transaction, and tells those to stop that have to.
final class Heartbeats: Sendable {
    /// Why a job is to stop.
    enum Stop: Sendable {
        /// The worker stops.
        case released
        /// The owner cancelled the job.
        case cancelled
        case leaseLost
    }

    private struct Run {
        let job: Job
        /// Until when the lease need not be extended.
        var rest: ContinuousClock.Instant
        var stop: Stop?
        var waiter: CheckedContinuation<Stop?, Never>?
    }

    private struct State {
        var runs: [JobID: Run] = [:]
        var isReleasing = false

        mutating func takeWaiter(of id: JobID) -> CheckedContinuation<Stop?, Never>? {
            guard let waiter = runs[id]?.waiter else { return nil }
            runs[id]?.waiter = nil
            return waiter
        }
    }

    private let queue: JobQueue
    private let logger: Logger
    private let state = Mutex(State())

    init(_ queue: JobQueue, logger: Logger) {
        (self.queue, self.logger) = (queue, logger)
    }

    func add(_ job: Job) {
        let rest = rest(of: job)
        state.withLock { state in
            state.runs[job.id] = Run(job: job, rest: rest, stop: state.isReleasing ? .released : nil)
        }
    }

    func remove(_ job: Job) {
        _ = state.withLock { $0.runs.removeValue(forKey: job.id) }
    }

    /// - Returns: once the job is to stop, why; nil when nobody waits for it any more.
    func stop(of job: Job) async -> Stop? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Stop?? in
                    guard let run = state.runs[job.id], !Task.isCancelled else { return .some(nil) }
                    if let stop = run.stop { return stop }
                    state.runs[job.id]?.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.takeWaiter(of: job.id) }?.resume(returning: nil)
        }
    }

    /// Gives all jobs back, those too that come yet.
    func release() {
        let runs = state.withLock { state in
            state.isReleasing = true
            return Array(state.runs.keys)
        }
        for id in runs { tell(id, .released) }
    }

    /// Extends leases until the task is cancelled.
    ///
    /// - Parameter interval: from one look to the next: a sixth of the shortest lease, so that each is extended after a third
    ///   of it at the latest.
    func beat(every interval: Duration) async {
        while (try? await Task.sleep(for: interval)) != nil {
            let now = ContinuousClock.now
            let due = state.withLock { $0.runs.values.filter { $0.rest <= now && $0.stop == nil }.map(\.job) }
            guard !due.isEmpty else { continue }
            do {
                let beat = try await queue.heartbeat(due)
                state.withLock { state in
                    for job in due { state.runs[job.id]?.rest = rest(of: job) }
                }
                for job in beat.cancelled { tell(job.id, .cancelled) }
                for job in beat.lost { tell(job.id, .leaseLost) }
            } catch is CancellationError {
                return
            } catch {
                // The next one may succeed; if not, the leases run out and the fencing decides.
                logger.warning("heartbeat failed", metadata: ["jobs": "\(due.count)", "error": "\(error)"])
            }
        }
    }

    private func rest(of job: Job) -> ContinuousClock.Instant {
        .now + queue.policy(of: job.kind).lease / 6
    }

    private func tell(_ id: JobID, _ stop: Stop) {
        let waiter = state.withLock { state in
            state.runs[id]?.stop = stop
            return state.takeWaiter(of: id)
        }
        waiter?.resume(returning: stop)
    }
}
