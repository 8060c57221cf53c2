import Dispatch
import Synchronization

/// Waits for asynchronous work inside a body, on the body's own thread.
func waiting(_ work: @escaping @Sendable () async -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task {
        await work()
        done.signal()
    }
    done.wait()
}

/// Asks again and again until it holds, with pauses in which others get on.
func until(_ holds: () async throws -> Bool) async throws {
    while try await !holds() { try await Task.sleep(for: .milliseconds(5)) }
}

/// How often something happened.
final class Runs: Sendable {
    private let runs = Mutex(0)

    var count: Int { runs.withLock { $0 } }

    @discardableResult
    func add() -> Int {
        runs.withLock { runs in
            runs += 1
            return runs
        }
    }
}
