import LogTestKit
import Testing

@testable import WaxwingProviders

extension OutboundHTTP {
    /// For tests: names lead where the resolver says.
    static func testing(
        allowed: [String] = [], trust: CertificateTrust = .system, resolver: any HostResolver = ScriptedResolver(),
        log: LogCollector = LogCollector(), _ change: (inout OutboundPolicy) -> Void = { _ in }
    ) throws -> OutboundHTTP {
        var policy = OutboundPolicy(allowed: try allowed.map { try AllowedHost($0) })
        change(&policy)
        return try OutboundHTTP(policy: policy, trust: trust, resolver: resolver, logger: log.logger)
    }

    /// Nil when the request was answered.
    func failure(of request: OutboundRequest) async -> OutboundFailure.Reason? {
        do throws(OutboundFailure) {
            _ = try await send(request)
            return nil
        } catch {
            return error.reason
        }
    }

    func failure(getting url: String) async throws -> OutboundFailure.Reason? {
        await failure(of: try OutboundRequest.patient(.get, url))
    }
}

extension OutboundRequest {
    /// With time for a busy machine, where time is not what is tested.
    static func patient(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) throws(OutboundHeaderProblem) -> OutboundRequest {
        var request = try OutboundRequest(method, url, headers: headers, body: body)
        (request.limits.connect, request.limits.total) = (.seconds(600), .seconds(600))
        return request
    }
}

extension OutboundFailure.Reason {
    /// Decided without a connection.
    var isRefusal: Bool {
        switch self {
        case .url, .plainHTTP, .port, .privateName, .address, .unknownName: true
        default: false
        }
    }
}

extension LoopbackServer {
    /// `127.0.0.1:49152`
    var authority: String { "127.0.0.1:\(port)" }
    var url: String { "http://\(authority)/" }

    /// Reads one request and says what it is told, then keeps the connection until the client leaves.
    static func answering<Result: Sendable>(
        _ answer: String, body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        try await run(
            { connection in
                guard try await connection.text(until: "\r\n\r\n") != nil else { return }
                try await connection.write(answer)
                try await connection.drain()
            }, body: body)
    }
}
