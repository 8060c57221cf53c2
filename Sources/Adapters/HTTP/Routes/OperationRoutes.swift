import Auth
import HTTPTypes
import Hummingbird
import NIOCore
import WaxwingService

/// `/api/health` and `/api/metrics`: for whoever runs the service.
struct OperationRoutes {
    let health: Health
    let metrics: ServerMetrics
    let metricsToken: String?

    func add(to router: RouterGroup<APIContext>) {
        router.get("health", use: showHealth)
        router.get("metrics", use: showMetrics)
    }

    private struct HealthView: Encodable {
        let status: String
        let checks: [String: String]
    }

    @Sendable func showHealth(_ request: Request, context: APIContext) async throws -> Response {
        let parts = await health.check()
        let isWell = parts.values.allSatisfy { $0 }
        let checks = Dictionary(parts.map { ($0.key.rawValue, $0.value ? "ok" : "failing") }) { first, _ in first }
        return try context.answer(
            isWell ? .ok : .serviceUnavailable, HealthView(status: isWell ? "ok" : "failing", checks: checks))
    }

    @Sendable private func showMetrics(_ request: Request, context: APIContext) async throws -> Response {
        guard mayRead(request, context) else { throw HTTPError(.notFound) }
        let text = metrics.text(queues: try await health.queues())
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// A request that a proxy on this machine passed on is not from this machine.
    private func mayRead(_ request: Request, _ context: APIContext) -> Bool {
        if let metricsToken { return request.bearerToken == metricsToken }
        return request.connection(in: context)?.isOfThisMachine == true
    }
}
