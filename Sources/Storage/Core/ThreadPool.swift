import Dispatch
import Foundation
import Synchronization

/// Threads for work that blocks or computes for long, outside the cooperative pool.
///
/// Threads of its own, not a dispatch queue: on Linux queues and Swift's tasks share one thread for each core, so a few
/// waiting or busy queues would hold up everything else in the process.
public final class ThreadPool: Sendable {
    /// Works, and returns what tells the caller.
    private typealias Job = @Sendable () -> @Sendable () -> Void

    private struct State {
        var threads = 0
        var idle = 0
        var waiting: [Job] = []
    }

    private let state = Mutex(State())
    private let jobs = DispatchSemaphore(value: 0)
    private let width: Int
    private let room: Int

    /// - Parameters:
    ///   - width: how many run at once; threads are made as they are needed, and kept.
    ///   - room: how many more may wait; beyond it work is refused.
    public init(width: Int, room: Int = .max) {
        precondition(width > 0 && room >= 0, "a pool needs a thread, and its queue cannot be shorter than empty")
        (self.width, self.room) = (width, room)
    }

    /// Waits its turn, then runs `work` on a thread of the pool.
    ///
    /// - Throws: ``ThreadPoolFull`` at once, when as many wait as may.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(ThreadPoolFull) -> Value {
        let value: Value? = await withCheckedContinuation { continuation in
            let job: Job = {
                let value = work()
                return { continuation.resume(returning: value) }
            }
            if !admit(job) { continuation.resume(returning: nil) }
        }
        guard let value else { throw ThreadPoolFull() }
        return value
    }

    private func admit(_ job: @escaping Job) -> Bool {
        let (isAdmitted, needsThread) = state.withLock { state in
            let free = width - state.threads + state.idle
            guard state.waiting.count < free || state.waiting.count - free < room else { return (false, false) }
            state.waiting.append(job)
            let needsThread = state.waiting.count > state.idle && state.threads < width
            if needsThread {
                state.threads += 1
                state.idle += 1
            }
            return (true, needsThread)
        }
        if needsThread { Thread.detachNewThread { self.work() } }
        if isAdmitted { jobs.signal() }
        return isAdmitted
    }

    /// A thread's life: it never ends, as the pools of a process do not.
    private func work() {
        while true {
            jobs.wait()
            let job = state.withLock { state in
                state.idle -= 1
                return state.waiting.removeFirst()
            }
            let tell = job()
            // Free before the caller knows: whoever comes back at once finds the place.
            state.withLock { $0.idle += 1 }
            tell()
        }
    }
}

public struct ThreadPoolFull: Error, Equatable, Sendable {}
