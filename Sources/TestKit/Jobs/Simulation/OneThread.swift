import Dispatch
import Synchronization

/// Does what the tasks of a simulation have to do one after another, on one thread, and says when nothing is left to do:
/// then all of them are held up somewhere.
final class OneThread: TaskExecutor {
    private struct State {
        /// In the order in which they are to be done.
        var jobs: [UnownedJob] = []
        var isAtIt = false
        /// Tasks of this thread that wait for another.
        var absent = 0
        var keeper: CheckedContinuation<Void, Never>?
    }

    private enum Work {
        case jobs([UnownedJob])
        case quiet(CheckedContinuation<Void, Never>)
        case none
    }

    private let state = Mutex(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isIdle = state.withLock { state in
            state.jobs.append(job)
            defer { state.isAtIt = true }
            return !state.isAtIt
        }
        if isIdle { DispatchQueue.global().async { self.work() } }
    }

    /// Returns when no other task of this thread can go on. Only one may ask at a time.
    func quiet() async {
        await withCheckedContinuation { keeper in state.withLock { $0.keeper = keeper } }
    }

    /// What is done on another thread, and waited for.
    func elsewhere<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        state.withLock { $0.absent += 1 }
        defer { state.withLock { $0.absent -= 1 } }
        return try await work()
    }

    private func work() {
        while true {
            switch next() {
            case .jobs(let jobs): for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            case .quiet(let keeper): keeper.resume()
            case .none: return
            }
        }
    }

    private func next() -> Work {
        state.withLock { state in
            if !state.jobs.isEmpty {
                defer { state.jobs = [] }
                return .jobs(state.jobs)
            }
            if state.absent == 0, let keeper = state.keeper.take() { return .quiet(keeper) }
            state.isAtIt = false
            return .none
        }
    }
}
