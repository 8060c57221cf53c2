import Hummingbird
import HummingbirdCore
import Logging
import ServiceLifecycle
import WaxwingService

/// `/metrics` and nothing else, for a worker that has no server beside it.
///
/// The same rules hold as for `/api/metrics`: this machine, or the metrics token, and 404 for everybody else.
public struct MetricsServer: Sendable {
    private let useCases: UseCases
    private let configuration: HTTPServer.Configuration
    private let logger: Logger

    public init(_ useCases: UseCases, _ configuration: HTTPServer.Configuration, logger: Logger) {
        (self.useCases, self.configuration, self.logger) = (useCases, configuration, logger)
    }

    /// The service to run.
    ///
    /// - Parameter started: called with the port once connections are accepted.
    public func service(started: @escaping @Sendable (_ port: Int) async -> Void) -> some Service {
        Listening(application: application(started: started), configuration: configuration)
    }

    package func application(
        started: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ClientAddresses(proxies: configuration.proxies, scheme: .http))
        router.add(middleware: Compression())
        router.add(middleware: RequestLog(metrics: useCases.metrics, isSecure: false))
        let route = OperationRoutes(
            health: useCases.health, readiness: useCases.readiness, metrics: useCases.metrics,
            metricsToken: configuration.metricsToken
        ).metrics(at: "/metrics")
        router.on(RouterPath(route.path), method: route.method, use: route.handle)
        return Application(
            router: router,
            server: .guarded(
                configuration.limits, ConnectionTable(configuration.limits, proxies: configuration.proxies), nil,
                RefusalLog(metrics: useCases.metrics, logger: logger)),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                backlog: configuration.limits.backlog),
            onServerRunning: { await started($0.localAddress?.port ?? configuration.port) },
            logger: logger)
    }
}
