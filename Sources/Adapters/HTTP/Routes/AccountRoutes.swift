import HTTPTypes
import Hummingbird
import WaxwingService

/// `/api/auth/…` and `/api/user`.
struct AccountRoutes {
    let accounts: Accounts

    func addOpen(to router: RouterGroup<APIContext>) {
        router.post("auth/register", use: register)
        router.post("auth/login", use: login)
    }

    func addSignedIn(to router: RouterGroup<APIContext>) {
        router.post("auth/logout", use: logout)
        router.get("user", use: profile)
    }

    private struct Registration: Decodable {
        let email: String
        let password: String
        let name: String?
    }

    @Sendable private func register(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Registration.self)
        let user = try await accounts.register(email: form.email, password: form.password, name: form.name)
        return try context.answer(.created, UserView(user))
    }

    private struct Login: Decodable {
        let email: String
        let password: String
    }

    @Sendable private func login(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Login.self)
        let token = try await accounts.login(email: form.email, password: form.password, from: context.address)
        return try context.answer(.ok, TokenView(token))
    }

    @Sendable private func logout(_ request: Request, context: APIContext) async throws -> Response {
        try await accounts.logout(context.requirePrincipal())
        return try context.answer(.ok, Nothing())
    }

    @Sendable private func profile(_ request: Request, context: APIContext) async throws -> Response {
        try context.answer(.ok, AccountView(try await accounts.overview(of: context.requirePrincipal())))
    }
}
