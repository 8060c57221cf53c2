import Auth
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// `/api/admin/…`: the accounts of others, for administrators.
struct AdministrationRoutes: RouteGroup {
    static let chapter = "Administration"
    let administration: Administration

    var routes: [Route] {
        [
            Route(.get, "/api/admin/users", "listUsers", "All accounts, newest first.", list: "users", use: list),
            Route(.get, "/api/admin/users/{id}", "showUserToAdministrator", "One account.", use: show),
            Route(.patch, "/api/admin/users/{id}", "changeUser", "Gives a role, or locks an account out.", use: change),
            Route(
                .post, "/api/admin/invitations", "invite", "Invites somebody by mail.", status: .accepted, use: invite),
            Route(
                .get, "/api/admin/audit", "listAuditOfAll", "What happened to all accounts, or to one.",
                query: [QueryParameter("user", .string(format: "uuid"), "The one.")], list: "audit of all", use: audit),
        ]
    }

    @Sendable private func list(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<UserView> {
        try await administration.users(for: context.requirePrincipal(), page).map(UserView.init)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> UserView {
        UserView(try await administration.user(userID(context), for: context.requirePrincipal()))
    }

    private struct UserChange: DescribedBody {
        let role: String?
        let disabled: Bool?

        static let example = UserChange(role: "admin", disabled: false)
    }

    @Sendable private func change(
        _ form: UserChange, _ request: Request, context: APIContext
    ) async throws -> UserView {
        let user = try await administration.change(
            userID(context), role: form.role?.choice(of: "role"), isDisabled: form.disabled,
            by: context.requirePrincipal(),
            from: request.source(in: context))
        return UserView(user)
    }

    private struct Invitation: DescribedBody {
        let email: String
        let role: String?

        static let example = Invitation(email: "grace@example.com", role: "user")
    }

    @Sendable private func invite(
        _ form: Invitation, _ request: Request, context: APIContext
    ) async throws -> Nothing {
        try await administration.invite(
            form.email, as: form.role?.choice(of: "role") ?? .user, by: context.requirePrincipal(),
            from: request.source(in: context), once: context.ticket)
        return Nothing()
    }

    /// `?user=` for one account's.
    @Sendable private func audit(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<AuditEntry> {
        let user = try request.parameter("user").map { text in
            guard let id = AccountID(text) else {
                throw InvalidRequest(field: "user", message: "'user' is not the id of a user")
            }
            return id
        }
        return try await administration.audit(of: user, for: context.requirePrincipal(), page)
    }

    private func userID(_ context: APIContext) throws -> AccountID {
        try context.identifier(ServiceError.notFound("user"))
    }
}
