import Auth
import ServiceLifecycle

/// Keeps the keys of a server or worker up to date until it is told to stop.
struct KeyReloading: Service {
    let keys: Keys

    func run() async throws {
        await cancelWhenGracefulShutdown { await keys.run() }
    }
}
