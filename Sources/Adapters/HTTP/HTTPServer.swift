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
        /// What the operator sets it by.
        public var portSetting = "PORT"
        /// `https://sounds.example.com`, where pages of the service come from; nil for whatever name a client reaches it by.
        public var publicURL: String?
        /// Who may read the metrics from elsewhere; nil for this machine only.
        public var metricsToken: String?
        public var proxies: TrustedProxies
        /// Sites whose pages may call this service.
        public var origins: AllowedOrigins
        /// What sockets are held to; where more is said than pings, messages may be longer.
        public var eventSockets = WebSocketRules(largestMessage: 4 << 10)
        /// Of the program, for the description of its routes.
        public var version: String
        public var limits: ConnectionLimits
        /// Shown to clients, who then reach the server by TLS; nil for plain HTTP.
        public var certificate: ServerCertificate?
        var isReachedByTLS: Bool {
            certificate != nil || publicURL?.lowercased().hasPrefix("https://") == true
        }

        public init(
            host: String = "127.0.0.1", port: Int = 8080, publicURL: String? = nil, metricsToken: String? = nil,
            proxies: TrustedProxies = .none, origins: AllowedOrigins = .none, version: String = "development",
            limits: ConnectionLimits = ConnectionLimits(), certificate: ServerCertificate? = nil
        ) {
            (self.host, self.port, self.publicURL) = (host, port, publicURL)
            (self.metricsToken, self.proxies, self.version) = (metricsToken, proxies, version)
            (self.origins, self.limits, self.certificate) = (origins, limits, certificate)
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
    public func service(started: @escaping @Sendable (_ port: Int) async -> Void) throws -> some Service {
        Listening(application: try application(started: started), configuration: configuration)
    }

    package func application(
        started: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        Application(
            router: try router(),
            server: .guarded(
                configuration.limits, ConnectionTable(configuration.limits, proxies: configuration.proxies),
                configuration.certificate, RefusalLog(metrics: useCases.metrics, logger: logger)),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                backlog: configuration.limits.backlog),
            onServerRunning: { await started($0.localAddress?.port ?? configuration.port) },
            logger: logger)
    }

    /// All that clients can ask for.
    func routes() throws -> [Route] {
        let (signIn, subscriptions) = (useCases.signIn, useCases.subscriptions)
        var unguarded: [any RouteGroup] = [
            OperationRoutes(
                health: useCases.health, readiness: useCases.readiness, metrics: useCases.metrics,
                metricsToken: configuration.metricsToken),
            WebhookRoutes(subscriptions: subscriptions),
        ]
        if let linked = useCases.linkedObjects {
            unguarded.append(LinkRoutes(objects: linked, egress: useCases.egress))
        }
        var pages: [any RouteGroup] = [
            PageRoutes(accounts: useCases.accounts, signIn: signIn, sameOrigin: sameOrigin),
            OpenIDRoutes(signIn: signIn),
            BillingPageRoutes(subscriptions: subscriptions, signIn: signIn, sameOrigin: sameOrigin),
        ]
        if let development = subscriptions.development {
            pages.append(DevelopmentRoutes(payments: development, sameOrigin: sameOrigin))
        }
        let open: [any RouteGroup] = [
            AccountRoutes(accounts: useCases.accounts, signIn: signIn), PlanRoutes(subscriptions: subscriptions),
            PublicFileRoutes(files: useCases.files),
        ]
        var signedIn: [any RouteGroup] = [
            SessionRoutes(signIn: signIn, keys: useCases.programKeys),
            BillingRoutes(subscriptions: subscriptions, usage: useCases.usage),
            UserRoutes(accounts: useCases.accounts, signIn: signIn),
            UploadRoutes(uploads: useCases.uploads, processing: useCases.processing),
            JobRoutes(jobs: useCases.jobs), SampleRoutes(library: useCases.library),
            SampleWorkRoutes(
                library: useCases.library, work: useCases.sampleWork, pictures: useCases.pictures),
            EventRoutes(events: useCases.events, sameOrigin: sameOrigin, rules: configuration.eventSockets),
            SyncRoutes(sync: useCases.sync, sameOrigin: sameOrigin, rules: configuration.eventSockets),
            RoomRoutes(rooms: useCases.rooms, sameOrigin: sameOrigin, rules: configuration.eventSockets),
            CollectionRoutes(collections: useCases.collections),
            KitRoutes(kits: useCases.kits, exports: useCases.exports), ExportRoutes(exports: useCases.exports),
            FileRoutes(files: useCases.files), FolderRoutes(files: useCases.files), SongRoutes(songs: useCases.songs),
        ]
        if let linked = useCases.linkedUploads { signedIn.append(LinkedUploadRoutes(uploads: linked)) }
        let routes =
            unguarded.routes(.unguarded) + pages.routes(.page) + open.routes(.open) + signedIn.routes(.signedIn)
            + [AdministrationRoutes(administration: useCases.administration)].routes(.administrator)
            + [KeySetRoutes(signIn: signIn)].routes(.published)
        let documents = try DocumentRoutes(
            describing: routes, server: configuration.publicURL, version: configuration.version)
        return routes + documents.routes
    }

    func router() throws -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: ClientAddresses(
                proxies: configuration.proxies, scheme: configuration.certificate == nil ? .http : .https))
        router.add(middleware: Compression())
        router.add(middleware: CrossOrigin(allowed: configuration.origins))
        router.add(middleware: BrowserRules())
        router.add(middleware: Tracing())
        router.add(middleware: RequestLog(metrics: useCases.metrics, isSecure: configuration.isReachedByTLS))
        router.add(middleware: LoadShedding(load: RequestLoad(limit: configuration.limits.requests)))
        let routes = try routes()
        router.add(middleware: MethodRules(routes: RouteMethods(routes)))
        router.add(middleware: PlainBodies())
        let groups = Dictionary(uniqueKeysWithValues: Route.Access.allCases.map { ($0, guarded($0, router)) })
        for route in routes {
            groups[route.access]?.on(RouterPath(route.path), method: route.method, use: route.handle)
        }
        return router
    }

    /// What stands before the routes of one access.
    private func guarded(_ access: Route.Access, _ router: Router<APIContext>) -> RouterGroup<APIContext> {
        let (limiter, limits) = (useCases.rateLimiter, RequestRules(useCases.requestLimits))
        let group = router.group("")
        switch access {
        case .unguarded: break
        case .published: group.add(middleware: RateLimiting(limiter: limiter, rules: limits.open))
        case .page:
            group.add(middleware: PageProblems())
                .add(middleware: RateLimiting(limiter: limiter, rules: limits.open))
        case .open:
            group.add(middleware: RateLimiting(limiter: limiter, rules: limits.open))
                .add(middleware: OpenToOwnPages(sameOrigin: sameOrigin))
                .add(middleware: Idempotency(keys: useCases.idempotency))
        case .signedIn, .administrator:
            group.add(middleware: RefusalLimiting(limiter: limiter, rules: limits.refused))
                .add(middleware: Authentication(signIn: useCases.signIn, sameOrigin: sameOrigin))
                .add(middleware: RateLimiting(limiter: limiter, rules: limits.signedIn))
                .add(middleware: Idempotency(keys: useCases.idempotency))
            // Before the body is read: who is none learns nothing of what it might hold.
            if access == .administrator { group.add(middleware: Administrators()) }
        }
        return group
    }

    private var sameOrigin: SameOrigin {
        SameOrigin(origin: configuration.publicURL, allowed: configuration.origins)
    }
}

/// Says in words why it cannot listen.
struct Listening<Application: Service>: Service {
    let application: Application
    let configuration: HTTPServer.Configuration

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

public enum HTTPServerError: Error, CustomStringConvertible {
    case cannotListen(HTTPServer.Configuration, String)

    public var description: String {
        switch self {
        case .cannotListen(let configuration, let reason):
            """
            cannot listen on \(configuration.host), port \(configuration.port) (\(reason)): \
            set WAXWING_HOST to an address of this machine and \(configuration.portSetting) to a free port
            """
        }
    }
}
