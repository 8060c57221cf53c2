import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import WaxwingService

/// The use cases over HTTP.
public struct HTTPServer: Sendable {
    public struct Configuration: Sendable {
        public var host: String
        /// 0 for any free one.
        public var port: Int
        /// `https://sounds.example.com`, where pages of the service come from; nil for whatever name a client reaches it by.
        public var publicURL: String?
        /// Who may read the metrics from elsewhere; nil for this machine only.
        public var metricsToken: String?
        public var proxies: TrustedProxies
        var isReachedByTLS: Bool { publicURL?.lowercased().hasPrefix("https://") == true }

        public init(
            host: String = "127.0.0.1", port: Int = 8080, publicURL: String? = nil, metricsToken: String? = nil,
            proxies: TrustedProxies = .none
        ) {
            (self.host, self.port, self.publicURL) = (host, port, publicURL)
            (self.metricsToken, self.proxies) = (metricsToken, proxies)
        }
    }

    private let useCases: UseCases
    private let configuration: Configuration
    private let logger: Logger

    public init(_ useCases: UseCases, _ configuration: Configuration, logger: Logger) {
        (self.useCases, self.configuration, self.logger) = (useCases, configuration, logger)
    }

    /// The service to run.
    ///
    /// - Parameter started: called with the port once connections are accepted.
    public func service(started: @escaping @Sendable (_ port: Int) async -> Void) -> some Service {
        Listening(application: application(started: started), configuration: configuration)
    }

    /// Says in words why it cannot listen.
    private struct Listening<Application: Service>: Service {
        let application: Application
        let configuration: Configuration

        func run() async throws {
            do {
                try await application.run()
            } catch let error as IOError {
                throw HTTPServerError.cannotListen(configuration, String(cString: strerror(error.errnoCode)))
            } catch is SocketAddressError {
                throw HTTPServerError.cannotListen(configuration, "no such host")
            }
        }
    }

    package func application(
        started: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))),
            configuration: .init(address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { await started($0.localAddress?.port ?? configuration.port) },
            logger: logger)
    }

    func router() -> Router<APIContext> {
        let metrics = ServerMetrics()
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ClientAddresses(proxies: configuration.proxies))
        router.add(middleware: RequestLog(metrics: metrics, isSecure: configuration.isReachedByTLS))
        let sameOrigin = SameOrigin(origin: configuration.publicURL)
        let operations = OperationRoutes(
            health: useCases.health, metrics: metrics, metricsToken: configuration.metricsToken)
        router.get("health", use: operations.showHealth)
        if let linked = useCases.linkedObjects { LinkRoutes(objects: linked).add(to: router) }

        operations.add(to: router.group("api"))
        let limits = RequestRules(useCases.requestLimits)
        let limiter = useCases.rateLimiter
        let signIn = useCases.signIn
        // Outside of /api: for browsers, and for who checks our tokens.
        let limited = RateLimiting(limiter: limiter, rules: limits.open)
        let pages = router.group("").add(middleware: PageProblems()).add(middleware: limited)
        PageRoutes(accounts: useCases.accounts, signIn: signIn, sameOrigin: sameOrigin).add(to: pages)
        OpenIDRoutes(signIn: signIn).add(to: pages)
        KeySetRoutes(signIn: signIn).add(to: router.group("").add(middleware: limited))

        let open = router.group("api")
            .add(middleware: RateLimiting(limiter: limiter, rules: limits.open))
            .add(middleware: OpenToOwnPages(sameOrigin: sameOrigin))
        AccountRoutes(accounts: useCases.accounts, signIn: signIn).add(to: open)

        let signedIn = router.group("api")
            .add(middleware: RefusalLimiting(limiter: limiter, rules: limits.refused))
            .add(middleware: Authentication(signIn: signIn, sameOrigin: sameOrigin))
            .add(middleware: RateLimiting(limiter: limiter, rules: limits.signedIn))
        SessionRoutes(signIn: signIn, keys: useCases.programKeys).add(to: signedIn)
        UserRoutes(accounts: useCases.accounts, signIn: signIn).add(to: signedIn)
        AdministrationRoutes(administration: useCases.administration).add(to: signedIn)
        UploadRoutes(uploads: useCases.uploads, processing: useCases.processing).add(to: signedIn)
        if let linked = useCases.linkedUploads { LinkedUploadRoutes(uploads: linked).add(to: signedIn) }
        JobRoutes(jobs: useCases.jobs).add(to: signedIn)
        SampleRoutes(library: useCases.library).add(to: signedIn)
        return router
    }
}

public enum HTTPServerError: Error, CustomStringConvertible {
    case cannotListen(HTTPServer.Configuration, String)

    public var description: String {
        switch self {
        case .cannotListen(let configuration, let reason):
            """
            cannot listen on \(configuration.host), port \(configuration.port) (\(reason)): \
            set WAXWING_HOST to an address of this machine and PORT to a free port
            """
        }
    }
}
