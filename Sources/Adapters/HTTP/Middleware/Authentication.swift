import Auth
import HTTPTypes
import Hummingbird
import WaxwingService

/// Lets only signed-in accounts through, and says who it is.
struct Authentication: RouterMiddleware {
    let signIn: SignIn
    let sameOrigin: SameOrigin

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let principal = try await signIn.authenticate(request.credentials(context))
        if principal.method.isSentByBrowsers { try sameOrigin.checkCookieMayAct(in: request) }
        context.principal = principal
        return try await next(request, context)
    }
}

/// Lets only administrators through, behind ``Authentication``.
struct Administrators: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        _ = try context.requirePrincipal().may(.administer)
        return try await next(request, context)
    }
}

/// Guards what is open to all against pages of other sites.
struct OpenToOwnPages: RouterMiddleware {
    let sameOrigin: SameOrigin

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        try sameOrigin.checkNotForeign(request)
        return try await next(request, context)
    }
}

extension Request {
    /// All that a request brings to show who sent it.
    func credentials(_ context: APIContext) -> Credentials {
        Credentials(
            bearerToken: bearerToken, sessionCookie: sessionCookie, apiKey: headers[.apiKey],
            accessAssertion: headers[.accessAssertion],
            accessCookie: CookieHeader.value(of: CloudflareAccess.cookie, in: headers[values: .cookie]),
            connection: connection(in: context))
    }

    /// Where the request came in from, as the server itself saw it.
    func connection(in context: APIContext) -> ClientConnection? {
        let names = Set(headers.map { $0.name.canonicalName })
        return context.peer?.ipAddress.map { address in
            ClientConnection(
                address: address, host: head.authority,
                isForwarded: !names.isDisjoint(with: ClientConnection.forwardingHeaders))
        }
    }

    /// The token of `Authorization: Bearer …`.
    var bearerToken: String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    var sessionCookie: String? {
        CookieHeader.value(of: SessionCookie.name, in: headers[values: .cookie])
    }
}

extension HTTPField.Name {
    static let apiKey = named("X-API-Key")
    static let accessAssertion = named("Cf-Access-Jwt-Assertion")
}
