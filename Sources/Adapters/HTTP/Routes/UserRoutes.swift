import Auth
import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import WaxwingService

/// `/api/user`: an account, as its owner sees it and ends it.
struct UserRoutes: RouteGroup {
    static let chapter = "Account"
    let accounts: Accounts
    let signIn: SignIn

    var routes: [Route] {
        [
            Route(.get, "/api/user", "showUser", "The account, its plan and what of it is used.", use: profile),
            Route(
                .delete, "/api/user", "deleteUser",
                "Deletes the account and all that is in it; with the password of who has one.",
                body: .json(Confirmation.self, isRequired: false), answers: [.json(AccountDeletion.self, .accepted)],
                use: delete),
            Route(
                .put, "/api/user/password", "changePassword",
                "Changes the password; all other sessions end. To a browser's session the answer is empty.",
                body: .json(PasswordChange.self), answers: [.json(TokenView.self)], use: changePassword),
            Route(.get, "/api/user/audit", "listAudit", "What happened to the account.", list: "audit", use: audit),
            Route(
                .get, "/api/user/export", "exportUser", "All that there is of the account, as a file.",
                answers: [AnswerDescription(.ok, MediaDescription("application/json") { _ in .anything })], use: export),
        ]
    }

    @Sendable private func profile(_ request: Request, context: APIContext) async throws -> AccountView {
        AccountView(try await accounts.overview(of: context.requirePrincipal()))
    }

    private struct Confirmation: DescribedBody {
        let password: String?

        static let example = Confirmation(password: "choose a long one")
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        let password = request.hasNoBody ? nil : try await request.json(as: Confirmation.self).password
        let report = try await accounts.delete(
            context.requirePrincipal(), password: password, from: request.source(in: context))
        var response = try context.answer(.accepted, report)
        if request.sessionCookie != nil { response.set(.sessionEnd) }
        return response
    }

    private struct PasswordChange: DescribedBody {
        let current: String
        let new: String

        static let example = PasswordChange(current: "choose a long one", new: "choose a longer one")
    }

    @Sendable private func changePassword(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: PasswordChange.self)
        let changed = try await accounts.changePassword(
            of: context.requirePrincipal(), from: form.current, to: form.new, at: request.source(in: context))
        if request.sessionCookie != nil {
            var response = try context.answer(.ok, Nothing())
            response.set(changed.cookie)
            return response
        }
        return try context.answer(.ok, TokenView(try await signIn.tokens(for: changed)))
    }

    @Sendable private func audit(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<AuditEntry> {
        try await accounts.audit(of: context.requirePrincipal(), page)
    }

    /// All that there is of the account, as one JSON document that is written while it is read.
    @Sendable private func export(_ request: Request, context: APIContext) async throws -> Response {
        let archive = try accounts.archive(of: context.requirePrincipal())
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/json; charset=utf-8",
                .contentDisposition: "attachment; filename=\"account.json\"",
            ],
            body: ResponseBody { writer in
                try await archive.write { try await writer.write(ByteBuffer(bytes: $0)) }
                try await writer.finish(nil)
            })
    }
}
