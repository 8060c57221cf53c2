import Addresses
import Jobs
import Logging
import NIOCore
import Storage

/// The one way out to addresses that users or their configuration name: webhooks, files by address, providers.
///
/// Every address is read strictly, judged by the policy before and after its name is looked up, and the connection goes to
/// exactly the address that was judged: the name is not asked for again, so it cannot change its mind in between. Each
/// redirect is judged anew. No proxy and no other variable of the environment is heeded. A request is one connection.
///
/// A program has at least two. One is for addresses that tenants name; the other may go where the operator's own providers are,
/// and must never be given a tenant's address: every tenant could reach those providers by it.
///
/// ```swift
/// let tenants = try OutboundHTTP(logger: logger)
/// let providers = try OutboundHTTP(policy: OutboundPolicy(allowed: [AllowedHost("ollama.lan:11434")]), logger: logger)
/// let request = try OutboundRequest(.post, "https://hooks.example/7", headers: [("Content-Type", "application/json")], body: json)
/// let answer = try await tenants.send(request)
/// ```
public struct OutboundHTTP: Sendable {
    public let policy: OutboundPolicy
    private let resolver: any HostResolver
    private let connector: Connector
    private let logger: Logger

    /// - Parameter trust: whose certificates prove a server's name.
    public init(
        policy: OutboundPolicy = OutboundPolicy(), trust: CertificateTrust = .system,
        resolver: any HostResolver = SystemResolver(), logger: Logger
    ) throws(CertificateTrustProblem) {
        (self.policy, self.resolver, self.logger) = (policy, resolver, logger)
        connector = try Connector(trust: trust)
    }

    /// Sends the request and reads its answer, up to the limits.
    ///
    /// - Throws: one sentence for every refusal and failure; the reason goes to the log, with the host and nothing more.
    /// - Complexity: memory of the request's body and twice the answer's limits.
    public func send(_ request: OutboundRequest) async throws(OutboundFailure) -> OutboundAnswer {
        let limit = request.limits.total
        return try await logged(request.url) {
            try await within(limit) {
                try await follow(request) { exchange, addresses in try await exchange.run(on: connector, to: addresses)
                }
            }
        }
    }

    /// Sends the request and reads the head of its answer; the body comes as it is pulled, and is never held whole.
    ///
    /// The body ends with ``OutboundFailure`` where the answer breaks off or the request's whole time is over. Nothing limits its
    /// length but who reads it, and who stops reading ends the connection.
    public func open(_ request: OutboundRequest) async throws(OutboundFailure) -> OutboundStream {
        let end = NIODeadline.now() + TimeAmount(request.limits.total)
        let stream = try await logged(request.url) {
            try await within(request.limits.total) {
                try await follow(request) { exchange, addresses in
                    try await exchange.open(on: connector, to: addresses, until: end)
                }
            }
        }
        let pull = stream.body.makeAsyncIterator()
        return stream.with(ByteStream(pull: { try await logged(request.url) { try await pull.next() } }))
    }

    /// Tells whether an address would be used now, without a connection: for forms that take one.
    ///
    /// It is judged again whenever something is sent.
    public func check(_ url: String) async throws(OutboundFailure) {
        try await logged(url) {
            try await within(.seconds(10)) { _ = try await judged(OutboundURL.read(url)) }
        }
    }
}

extension OutboundHTTP {
    private func follow<Answer: AnswerHead>(
        _ request: OutboundRequest, _ exchanged: (HTTPExchange, [IPAddress]) async throws -> Answer
    ) async throws -> Answer {
        var (url, headers) = (try OutboundURL.read(request.url), request.headers)
        var hops = 0
        while true {
            let addresses = try await judged(url)
            let answer = try await exchanged(
                HTTPExchange(request: request, headers: headers.traced, url: url), addresses)
            guard let location = answer.redirection(of: request) else { return answer }
            hops += 1
            guard hops <= request.redirects else { throw OutboundFailure(.tooManyRedirects(request.redirects)) }
            url = try url.redirected(to: location)
            headers = request.headersAfterRedirect
        }
    }

    /// The addresses to connect to, every one of them judged.
    private func judged(_ url: OutboundURL) async throws -> [IPAddress] {
        try policy.judge(url)
        switch url.host {
        case .address(let address): return [address]
        case .name(let name):
            let addresses = try await resolver.addresses(of: policy.isAllowed(url) ? name : "\(name).")
            guard !addresses.isEmpty else { throw OutboundFailure(.unknownName) }
            try policy.judge(addresses, of: url)
            // More than a few only make a failure take longer.
            return Array(addresses.prefix(4))
        }
    }

    private func logged<Value: Sendable>(
        _ url: String, _ work: () async throws -> Value
    ) async throws(OutboundFailure) -> Value {
        do {
            return try await work()
        } catch {
            let failure = OutboundFailure(error)
            // Of the address only the host: the rest may be a secret.
            let host = (try? OutboundURL(url))?.origin ?? "unreadable"
            logger.notice("outbound request failed", metadata: ["host": "\(host)", "reason": "\(failure.reason)"])
            throw failure
        }
    }
}

extension [(name: String, value: String)] {
    /// With the trace that the request belongs to, unless the caller says one.
    fileprivate var traced: [(name: String, value: String)] {
        guard let trace = TraceContext.current, !contains(where: { $0.name.lowercased() == "traceparent" }) else {
            return self
        }
        return self + [("traceparent", trace.next().description)]
    }
}

extension OutboundURL {
    fileprivate static func read(_ text: String) throws(OutboundFailure) -> OutboundURL {
        do throws(OutboundURLProblem) {
            return try OutboundURL(text)
        } catch {
            throw OutboundFailure(.url(error))
        }
    }
}

extension OutboundFailure {
    /// What ended the work: a failure of its own, the time limit, or the task's cancellation.
    fileprivate init(_ error: any Error) {
        self =
            switch error {
            case let failure as OutboundFailure: failure
            case let limit as TimeLimitPassed: OutboundFailure(.tooSlow(limit.limit))
            case is CancellationError: OutboundFailure(.cancelled)
            default: OutboundFailure(.unreachable("\(error)"))
            }
    }
}
