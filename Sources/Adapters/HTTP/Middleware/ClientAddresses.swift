import Addresses
import Hummingbird

/// Finds out where each request comes from.
struct ClientAddresses: RouterMiddleware {
    let proxies: TrustedProxies

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let peer = context.peer?.ipAddress.flatMap({ IPAddress($0.withoutZone) }) {
            context.client = ClientAddress(peer: peer, request.headers, trusting: proxies)
        }
        return try await next(request, context)
    }
}

extension String {
    /// A link-local address without the interface it was reached by: `fe80::1%eth0`.
    fileprivate var withoutZone: Substring { prefix { $0 != "%" } }
}
