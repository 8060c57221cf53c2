import Auth
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// `/api/admin/…`: the accounts of others, for administrators.
struct AdministrationRoutes {
    let administration: Administration

    func add(to router: RouterGroup<APIContext>) {
        router.get("admin/users", use: list)
        router.get("admin/users/:id", use: show)
        router.patch("admin/users/:id", use: change)
        router.post("admin/invitations", use: invite)
        router.get("admin/audit", use: audit)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let page = try await administration.users(for: caller, request.page(of: caller.user, list: "users"))
        return try context.answer(page, of: caller.user, list: "users", UserView.init)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        try context.answer(
            .ok, UserView(try await administration.user(userID(context), for: context.requirePrincipal())))
    }

    private struct Change: Decodable {
        let role: String?
        let disabled: Bool?
    }

    @Sendable private func change(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Change.self)
        let user = try await administration.change(
            userID(context), role: form.role.map(role), isDisabled: form.disabled, by: context.requirePrincipal(),
            from: request.source(in: context))
        return try context.answer(.ok, UserView(user))
    }

    private struct Invitation: Decodable {
        let email: String
        let role: String?
    }

    @Sendable private func invite(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Invitation.self)
        try await administration.invite(
            form.email, as: form.role.map(role) ?? .user, by: context.requirePrincipal(),
            from: request.source(in: context))
        return try context.answer(.accepted, Nothing())
    }

    /// `?user=` for one account's.
    @Sendable private func audit(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let user = try request.uri.queryParameters["user"].map { text in
            guard let id = AccountID(String(text)) else {
                throw InvalidRequest(field: "user", message: "'user' is not the id of a user")
            }
            return id
        }
        let page = try await administration.audit(
            of: user, for: caller, request.page(of: caller.user, list: "audit of all"))
        return try context.answer(page, of: caller.user, list: "audit of all") { $0 }
    }

    private func userID(_ context: APIContext) throws -> AccountID {
        try context.identifier(ServiceError.notFound("user"))
    }

    private func role(_ text: String) throws -> Role {
        guard let role = Role(rawValue: text) else {
            let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidRequest(field: "role", message: "'role' must be one of \(known)")
        }
        return role
    }
}
