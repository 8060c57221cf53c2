import Dispatch
import Synchronization

/// Does what the tasks of a simulation have to do one after another, on one thread: as one errand at a time goes on, several
/// would spend more time on waking each other than on anything else.
final class OneThread: TaskExecutor {
    private struct State {
        /// In the order in which they are to be done.
        var jobs: [UnownedJob] = []
        var isAtIt = false
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

    private func work() {
        while let jobs = take() {
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    /// - Returns: nil when there is nothing to do.
    private func take() -> [UnownedJob]? {
        state.withLock { state in
            defer { state.jobs = [] }
            state.isAtIt = !state.jobs.isEmpty
            return state.isAtIt ? state.jobs : nil
        }
    }
}
