/// What a worker has of the machine it is on: time that goes by steadily, whatever its clocks are set to, and threads.
package protocol Machine: Sendable {
    var now: ContinuousClock.Instant { get }

    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws

    /// Of tasks that are not cancelled with the one that starts them; nil for the threads of the process.
    var executor: (any TaskExecutor)? { get }
}

/// The one that the process runs on.
struct PresentMachine: Machine {
    var now: ContinuousClock.Instant { .now }

    func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }

    var executor: (any TaskExecutor)? { nil }
}
