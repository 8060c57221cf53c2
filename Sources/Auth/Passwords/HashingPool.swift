import Foundation
import Synchronization

/// A few threads for work that takes much memory and time: so many at once, so many waiting, the rest refused.
///
/// Threads of their own, not a dispatch queue: on Linux queues and Swift's tasks share one thread for each core, so
/// two busy queues would hold up everything else in the process.
final class HashingPool: Sendable {
    private typealias Job = @Sendable () -> Void

    private struct State {
        var running = 0
        var waiting: [Job] = []
    }

    private enum Admission {
        case start, wait, refuse
    }

    private let state = Mutex(State())
    private let width: Int
    private let room: Int

    /// - Parameters:
    ///   - width: how many run at once.
    ///   - room: how many may wait.
    init(width: Int, room: Int) {
        precondition(width > 0 && room >= 0, "a pool needs a thread, and its queue cannot be shorter than empty")
        (self.width, self.room) = (width, room)
    }

    /// - Throws: ``AuthError/overloaded`` at once, when as many wait as may.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(AuthError) -> Value {
        let value: Value? = await withCheckedContinuation { continuation in
            let job: Job = { continuation.resume(returning: work()) }
            switch admit(job) {
            case .start: start(job)
            case .wait: break
            case .refuse: continuation.resume(returning: nil)
            }
        }
        guard let value else { throw .overloaded }
        return value
    }

    private func admit(_ job: @escaping Job) -> Admission {
        state.withLock { state in
            if state.running < width {
                state.running += 1
                return .start
            }
            guard state.waiting.count < room else { return .refuse }
            state.waiting.append(job)
            return .wait
        }
    }

    /// One thread works until nothing waits. Making it takes a thousandth of the time of one hash.
    private func start(_ first: @escaping Job) {
        Thread.detachNewThread {
            var next: Job? = first
            while let job = next {
                job()
                next = self.takeNext()
            }
        }
    }

    private func takeNext() -> Job? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.running -= 1
            return nil
        }
    }
}
