import ServiceLifecycle
import WaxwingService

/// Says that the server is being stopped, and waits until those who spread requests have seen it.
struct Draining: Service {
    let readiness: Readiness
    /// How long they take.
    let duration: Duration

    func run() async throws {
        try? await gracefulShutdown()
        readiness.drain()
        // The wait is over early when the process must end.
        try? await Task.sleep(for: duration)
    }
}
