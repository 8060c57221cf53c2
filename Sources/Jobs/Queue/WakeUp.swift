import Storage
import Synchronization

/// Tells a worker to look again: there may be work, or room for it. Signals that come before the wait count.
final class WakeUp: Sendable {
    private struct State {
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var cancelled: Set<Int> = []
        var nextID = 0
        /// Grows with each signal, so that one given just before the wait is not missed.
        var generation = 0
    }

    private let state = Mutex(State())

    var generation: Int { state.withLock { $0.generation } }

    func signal() {
        let waiters = state.withLock { state in
            state.generation += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns at the first signal after `generation` was read, after `timeout`, or when cancelled.
    func wait(
        since generation: Int, atMost timeout: Duration, on machine: any Machine = PresentMachine()
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.nextSignal(since: generation) }
            group.addTask { try? await machine.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns at the first signal after `generation` was read, or when cancelled.
    func nextSignal(since generation: Int) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.generation != generation || state.cancelled.remove(id) != nil { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.resume()
        }
        state.withLock { _ = $0.cancelled.remove(id) }
    }
}
