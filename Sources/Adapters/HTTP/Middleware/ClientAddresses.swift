import Addresses
import Hummingbird

/// Finds out where each request comes from.
struct ClientAddresses: RouterMiddleware {
    let proxies: TrustedProxies
    /// What the server itself speaks.
    let scheme: ClientAddress.Scheme

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let peer = context.peer?.parsedAddress {
            context.client = ClientAddress(peer: peer, reachedBy: scheme, request.headers, trusting: proxies)
        }
        return try await next(request, context)
    }
}
