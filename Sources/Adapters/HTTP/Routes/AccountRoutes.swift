import Auth
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// `/api/auth/…`: making an account and signing in, for who is nobody yet.
struct AccountRoutes {
    let accounts: Accounts
    let signIn: SignIn

    func add(to router: RouterGroup<APIContext>) {
        router.post("auth/register", use: register)
        router.post("auth/login", use: login)
        router.post("auth/refresh", use: refresh)
        router.post("auth/session", use: startSession)
        router.post("auth/verify", use: verify)
        router.post("auth/verify/request", use: requestVerification)
        router.post("auth/reset", use: reset)
        router.post("auth/reset/request", use: requestReset)
        router.post("auth/invitation", use: accept)
    }

    private struct Registration: Decodable {
        let email: String
        let password: String
        let name: String?
    }

    @Sendable private func register(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Registration.self)
        let registered = try await accounts.register(
            email: form.email, password: form.password, name: form.name, from: request.source(in: context))
        switch registered {
        case .ready(let user): return try context.answer(.created, UserView(user))
        // Whoever registers a known address learns no more than one who registers a new one.
        case .awaitsConfirmation: return try context.answer(.accepted, MailedView())
        }
    }

    private struct Login: Decodable {
        let email: String
        let password: String
    }

    @Sendable private func login(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Login.self)
        return try context.answer(
            .ok,
            TokenView(
                try await signIn.signIn(email: form.email, password: form.password, from: request.source(in: context))))
    }

    private struct Refresh: Decodable {
        let refreshToken: String
    }

    @Sendable private func refresh(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Refresh.self)
        return try context.answer(
            .ok, TokenView(try await signIn.refresh(form.refreshToken, from: request.source(in: context))))
    }

    /// For browsers: the answer's cookie is all they need.
    @Sendable private func startSession(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Login.self)
        let cookie = try await signIn.signInBrowser(
            email: form.email, password: form.password, replacing: request.sessionCookie,
            from: request.source(in: context))
        var response = try context.answer(.created, Nothing())
        response.set(cookie)
        return response
    }

    private struct Verification: Decodable {
        let token: String
        let password: String
    }

    @Sendable private func verify(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Verification.self)
        let user = try await accounts.verify(form.token, password: form.password, from: request.source(in: context))
        return try context.answer(.ok, UserView(user))
    }

    private struct Address: Decodable {
        let email: String
    }

    @Sendable private func requestVerification(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Address.self)
        try await accounts.requestVerification(email: form.email, from: request.source(in: context))
        return try context.answer(.accepted, MailedView())
    }

    @Sendable private func requestReset(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Address.self)
        try await accounts.requestReset(email: form.email, from: request.source(in: context))
        return try context.answer(.accepted, MailedView())
    }

    private struct Reset: Decodable {
        let token: String
        let password: String
    }

    @Sendable private func reset(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Reset.self)
        try await accounts.reset(form.token, password: form.password, from: request.source(in: context))
        return try context.answer(.ok, Nothing())
    }

    private struct Acceptance: Decodable {
        let token: String
        let password: String
        let name: String?
    }

    @Sendable private func accept(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: Acceptance.self)
        let user = try await accounts.accept(
            form.token, password: form.password, name: form.name, from: request.source(in: context))
        return try context.answer(.created, UserView(user))
    }
}

/// What is said where only the reader of a mail is to learn more.
private struct MailedView: Encodable, Sendable {
    let message = "look into your mail: if the address is good for it, there is a link"
}
