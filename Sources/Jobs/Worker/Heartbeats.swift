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

    /// One run of a job: the same job may be taken again while an earlier run has not ended yet.
    struct RunID: Hashable, Comparable {
        fileprivate let number: Int

        static func < (a: RunID, b: RunID) -> Bool { a.number < b.number }
    }

    private struct Run {
        let job: Job
        var nextBeat: ContinuousClock.Instant
        var stop: Stop?
        var waiter: CheckedContinuation<Stop?, Never>?
    }

    private struct State {
        var runs: [RunID: Run] = [:]
        var isReleasing = false
        var count = 0

        mutating func takeWaiter(of id: RunID) -> CheckedContinuation<Stop?, Never>? {
            guard let waiter = runs[id]?.waiter else { return nil }
            runs[id]?.waiter = nil
            return waiter
        }
    }

    private let queue: JobQueue
    private let machine: any Machine
    private let logger: Logger
    private let state = Mutex(State())

    init(_ queue: JobQueue, on machine: any Machine, logger: Logger) {
        (self.queue, self.machine, self.logger) = (queue, machine, logger)
    }

    /// - Returns: by what the run is known; ``remove(_:)`` ends that.
    func add(_ job: Job) -> RunID {
        let nextBeat = nextBeat(of: job)
        return state.withLock { state in
            state.count += 1
            let id = RunID(number: state.count)
            state.runs[id] = Run(job: job, nextBeat: nextBeat, stop: state.isReleasing ? .released : nil)
            return id
        }
    }

    func remove(_ id: RunID) {
        state.withLock { $0.runs.removeValue(forKey: id)?.waiter }?.resume(returning: nil)
    }

    /// - Returns: once the run is to stop, why; nil when nobody waits for it any more.
    func stop(of id: RunID) async -> Stop? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Stop?? in
                    guard let run = state.runs[id], !Task.isCancelled else { return .some(nil) }
                    if let stop = run.stop { return stop }
                    state.runs[id]?.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.takeWaiter(of: id) }?.resume(returning: nil)
        }
    }

    /// From now on jobs are kept.
    func begin() {
        state.withLock { $0.isReleasing = false }
    }

    /// Gives all jobs back, those too that come yet.
    func release() {
        let runs = state.withLock { state in
            state.isReleasing = true
            return state.runs.keys.sorted()
        }
        for id in runs { tell(id, .released) }
    }

    /// Extends leases until the task is cancelled.
    ///
    /// - Parameter interval: from one look to the next: a sixth of the shortest lease, so that each is extended after a third
    ///   of it at the latest.
    func beat(every interval: Duration) async {
        while (try? await machine.sleep(for: interval)) != nil {
            let runs = due(at: machine.now)
            guard !runs.isEmpty else { continue }
            do {
                let answers = try await queue.heartbeat(runs.map(\.value.job))
                for ((id, run), answer) in zip(runs, answers) { take(answer, of: id, run.job) }
            } catch is CancellationError {
                return
            } catch {
                // The next one may succeed; if not, the leases run out and the fencing decides.
                logger.warning("heartbeat failed", metadata: ["jobs": "\(runs.count)", "error": "\(error)"])
            }
        }
    }

    private func due(at now: ContinuousClock.Instant) -> [(key: RunID, value: Run)] {
        let due = state.withLock { $0.runs.filter { $0.value.nextBeat <= now && $0.value.stop == nil } }
        return due.sorted { $0.key < $1.key }
    }

    private func take(_ answer: JobQueue.HeartbeatAnswer, of id: RunID, _ job: Job) {
        switch answer {
        case .extended:
            let nextBeat = nextBeat(of: job)
            state.withLock { $0.runs[id]?.nextBeat = nextBeat }
        case .cancelled: tell(id, .cancelled)
        case .lost: tell(id, .leaseLost)
        // At the next look again.
        case .busy: break
        }
    }

    private func nextBeat(of job: Job) -> ContinuousClock.Instant {
        machine.now + queue.policy(of: job.kind).lease / 6
    }

    private func tell(_ id: RunID, _ stop: Stop) {
        let waiter = state.withLock { state in
            state.runs[id]?.stop = stop
            return state.takeWaiter(of: id)
        }
        waiter?.resume(returning: stop)
    }
}
