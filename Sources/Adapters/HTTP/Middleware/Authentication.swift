import Auth
import HTTPTypes
import Hummingbird
import WaxwingService

/// Lets only signed-in accounts through, and says who it is.
struct Authentication: RouterMiddleware {
    let accounts: Accounts

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.principal = try await accounts.authenticate(Credentials(bearerToken: request.bearerToken))
        return try await next(request, context)
    }
}

extension Request {
    /// The token of `Authorization: Bearer …`.
    var bearerToken: String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
