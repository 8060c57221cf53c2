import Auth
import HTTPTypes
import Hummingbird
import WaxwingService

/// `/auth/login/{provider}` and `/auth/callback/{provider}`: a browser goes to a provider and comes back.
struct OpenIDRoutes: RouteGroup {
    static let chapter = "Pages"
    let signIn: SignIn

    var routes: [Route] {
        [
            Route(page: .get, "/auth/login/{provider}", use: begin),
            Route(page: .get, "/auth/callback/{provider}", use: finishByQuery),
            // From the provider's page: not one of ours, and so without the session's cookie. Its state says that it is good.
            Route(page: .post, "/auth/callback/{provider}", use: finishByForm),
        ]
    }

    @Sendable private func begin(_ request: Request, context: APIContext) async throws -> Response {
        do {
            let redirect = try await signIn.begin(
                context.provider, next: request.uri.queryParameters["next"].map(String.init),
                cookies: request.headers[values: .cookie], from: request.source(in: context))
            var response = Response.redirect(to: redirect.url, type: .normal)
            response.set(redirect.cookie)
            return response
        } catch let error as ServiceError {
            return context.page(for: error) { SignInPage.problem("Signing in did not work", $0) }
        }
    }

    @Sendable private func finishByQuery(_ request: Request, context: APIContext) async throws -> Response {
        try await finish(request, request.uri.query ?? "", .query, context)
    }

    @Sendable private func finishByForm(_ request: Request, context: APIContext) async throws -> Response {
        try await finish(request, request.text(upTo: 16 << 10), .form, context)
    }

    private func finish(
        _ request: Request, _ text: String, _ mode: OpenIDProvider.AnswerMode, _ context: APIContext
    ) async throws -> Response {
        do {
            let (cookie, next) = try await signIn.finish(
                context.provider, answer: text, mode, cookies: request.headers[values: .cookie],
                replacing: request.sessionCookie, from: request.source(in: context))
            var response = Response.redirect(to: next.text, type: .normal)
            response.set(cookie)
            return response
        } catch let error as ServiceError {
            return context.page(for: error) { SignInPage.problem("Signing in did not work", $0) }
        }
    }
}

extension APIContext {
    fileprivate var provider: String { parameters.get("provider") ?? "" }
}
