import Auth
import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import WaxwingService

/// `/api/user`: an account, as its owner sees it and ends it.
struct UserRoutes {
    let accounts: Accounts
    let signIn: SignIn

    func add(to router: RouterGroup<APIContext>) {
        router.get("user", use: profile)
        router.delete("user", use: delete)
        router.put("user/password", use: changePassword)
        router.get("user/audit", use: audit)
        router.get("user/export", use: export)
    }

    @Sendable private func profile(_ request: Request, context: APIContext) async throws -> Response {
        try context.answer(.ok, AccountView(try await accounts.overview(of: context.requirePrincipal())))
    }

    private struct Confirmation: Decodable {
        let password: String?
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        let isEmpty = (request.headers[.contentLength].flatMap(Int.init) ?? 0) == 0
        let password = isEmpty ? nil : try await request.json(as: Confirmation.self).password
        let report = try await accounts.delete(
            context.requirePrincipal(), password: password, from: request.source(in: context))
        var response = try context.answer(.accepted, report)
        if request.sessionCookie != nil { response.set(.sessionEnd) }
        return response
    }

    private struct PasswordChange: Decodable {
        let current: String
        let new: String
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

    @Sendable private func audit(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let page = try await accounts.audit(of: caller, request.page(of: caller.user, list: "audit"))
        return try context.answer(page, of: caller.user, list: "audit") { $0 }
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
