import Auth
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import WaxwingService

/// `/api/health`, `/api/ready` and `/api/metrics`: for whoever runs the service.
struct OperationRoutes: RouteGroup {
    static let chapter = "Service"
    let health: Health
    let readiness: Readiness
    let metrics: MetricRegistry
    let metricsToken: String?

    var routes: [Route] {
        let health = Route(
            .get, "/api/health", "showHealth", "Whether the parts of the service work; 503 when one does not.",
            answers: [.json(HealthView.self), .json(HealthView.self, .serviceUnavailable)], use: showHealth)
        return [
            health, health.also(at: "/health", "showHealthToo"),
            Route(
                .get, "/api/ready", "showReadiness",
                "Whether requests should come here; 503 with the reasons when they are better sent elsewhere.",
                answers: [.json(ReadinessView.self), .json(ReadinessView.self, .serviceUnavailable)],
                use: showReadiness),
            metrics(at: "/api/metrics"),
        ]
    }

    /// Where a ``MetricsServer`` tells them, too.
    func metrics(at path: String) -> Route {
        Route(
            .get, path, "showMetrics",
            "Metrics in Prometheus' text format, for this machine or with the metrics token.",
            answers: [AnswerDescription(.ok, .text("text/plain"))], use: showMetrics)
    }

    private struct HealthView: Described {
        let status: String
        let checks: [String: String]

        static let example = HealthView(status: "ok", checks: ["database": "ok", "storage": "ok"])
    }

    @Sendable private func showHealth(_ request: Request, context: APIContext) async throws -> Response {
        let parts = await health.recent()
        let isWell = parts.values.allSatisfy { $0 }
        let checks = Dictionary(parts.map { ($0.key.rawValue, $0.value ? "ok" : "failing") }) { first, _ in first }
        return try context.answer(
            isWell ? .ok : .serviceUnavailable, HealthView(status: isWell ? "ok" : "failing", checks: checks))
    }

    private struct ReadinessView: Described {
        let status: String
        let reasons: [String]

        static let example = ReadinessView(status: "not_ready", reasons: [Readiness.Reason.draining.rawValue])
    }

    /// For what spreads requests: 503 before connections are refused, so that none is lost.
    @Sendable private func showReadiness(_ request: Request, context: APIContext) async throws -> Response {
        let reasons = await readiness.reasons()
        return try context.answer(
            reasons.isEmpty ? .ok : .serviceUnavailable,
            ReadinessView(status: reasons.isEmpty ? "ready" : "not_ready", reasons: reasons.map(\.rawValue)))
    }

    @Sendable private func showMetrics(_ request: Request, context: APIContext) async throws -> Response {
        guard mayRead(request, context) else { throw HTTPError(.notFound) }
        let text = metrics.text(with: await health.samples())
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// A request that a proxy on this machine passed on is not from this machine.
    private func mayRead(_ request: Request, _ context: APIContext) -> Bool {
        if let metricsToken {
            guard let token = request.bearerToken else { return false }
            // By their digests, so that the time taken tells nothing of the token, its length included.
            return SHA256.hash(data: Data(token.utf8)) == SHA256.hash(data: Data(metricsToken.utf8))
        }
        return request.connection(in: context)?.isOfThisMachine == true
    }
}
