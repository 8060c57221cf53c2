import Storage
import Synchronization

/// One transaction that its task may cancel: until it is being committed, never after.
final class PostgresRun: Sendable {
    private struct State {
        var interrupt: PostgresInterrupt?
        var isCancelled = false
        var isOver = false
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// From now on `interrupt` stops it.
    func began(on interrupt: PostgresInterrupt) {
        state.withLock { $0.interrupt = interrupt }
    }

    /// From now on nothing stops it, and no late call can hit the connection's next user: waits for one being sent.
    /// - Returns: whether it was cancelled before.
    func closed() -> Bool {
        state.withLock { state in
            (state.isOver, state.interrupt) = (true, nil)
            return state.isCancelled
        }
    }

    /// From now on no statement begins.
    func markCancelled() {
        state.withLock { $0.isCancelled = true }
    }

    /// Stops the running statement. Sent again and again until the run is over, since the server forgets a call that
    /// comes between two statements.
    func interrupt() async {
        var pause = Duration.milliseconds(20)
        while await blocking(on: PostgresThreads.interrupts, { self.interruptOnce() }) {
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }

    /// - Returns: whether the run goes on.
    private func interruptOnce() -> Bool {
        state.withLock { state in
            if !state.isOver { state.interrupt?.send() }
            return !state.isOver
        }
    }
}
