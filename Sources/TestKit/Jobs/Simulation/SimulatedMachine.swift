import Jobs
import Storage
import StorageTestKit
import Synchronization

/// What one process has of its machine: a clock that is set now and then, and time that goes by steadily as long as it runs.
final class SimulatedMachine: Machine {
    private struct Sleeper {
        let until: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        /// Where a process that is started begins to count says nothing.
        var now = ContinuousClock.Instant.now
        var isGone = false
        var count = 0
        var sleepers: [Int: Sleeper] = [:]

        mutating func take(_ isDue: (Sleeper) -> Bool) -> [Sleeper] {
            let due = sleepers.filter { isDue($0.value) }.sorted { $0.key < $1.key }
            for (number, _) in due { sleepers[number] = nil }
            return due.map(\.value)
        }
    }

    private let thread: OneThread
    private let state = Mutex(State())

    init(_ thread: OneThread) {
        self.thread = thread
    }

    /// The same, with another process on it.
    func restarted() -> SimulatedMachine { SimulatedMachine(thread) }

    var executor: (any TaskExecutor)? { thread }

    var now: ContinuousClock.Instant {
        state.withLock { state in
            // Who tries something for as long as it makes sense gives up at its next look.
            if state.isGone { state.now += .seconds(86_400) }
            return state.now
        }
    }

    func sleep(for duration: Duration) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isGone || Task.isCancelled { return true }
                    state.sleepers[number] = Sleeper(until: state.now + duration, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?
                .continuation.resume(throwing: CancellationError())
        }
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let now = state.now
            return state.take { $0.until <= now }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// No time is left for anything.
    func vanish() {
        let all = state.withLock { state in
            state.isGone = true
            return state.take { _ in true }
        }
        for sleeper in all { sleeper.continuation.resume(throwing: CancellationError()) }
    }
}
