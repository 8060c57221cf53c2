import Auth
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// `/api/auth/…`: making an account and signing in, for who is nobody yet.
struct AccountRoutes: RouteGroup {
    static let chapter = "Sign-in"
    let accounts: Accounts
    let signIn: SignIn

    var routes: [Route] {
        [
            Route(
                .post, "/api/auth/register", "register",
                "Makes an account: 201; or 202 where a mail has to confirm the address first.",
                answers: [.json(UserView.self, .created), .json(MailedView.self, .accepted)], use: register),
            Route(
                .post, "/api/auth/login", "login", "Signs in: an access token, and one to refresh it with.", use: login),
            Route(.post, "/api/auth/refresh", "refresh", "New tokens for an old refresh token.", use: refresh),
            Route(
                .post, "/api/auth/session", "startSession", "Signs a browser in, by a cookie.",
                answers: [.json(Nothing.self, .created)], use: startSession),
            Route(
                .post, "/api/auth/verify", "verifyAddress", "Confirms an address by what was mailed to it.", use: verify
            ),
            Route(
                .post, "/api/auth/verify/request", "requestVerification", "Mails the link once more.",
                status: .accepted, use: requestVerification),
            Route(.post, "/api/auth/reset", "resetPassword", "Sets a new password by what was mailed.", use: reset),
            Route(
                .post, "/api/auth/reset/request", "requestReset", "Mails a link to set a new password with.",
                status: .accepted, use: requestReset),
            Route(
                .post, "/api/auth/invitation", "acceptInvitation", "Makes an account by an invitation.",
                status: .created, use: accept),
        ]
    }

    private struct Registration: DescribedBody {
        let email: String
        let password: String
        let name: String?

        static let example = Registration(email: "ada@example.com", password: "choose a long one", name: "Ada")
    }

    @Sendable private func register(
        _ form: Registration, _ request: Request, context: APIContext
    ) async throws -> Response {
        let registered = try await accounts.register(
            email: form.email, password: form.password, name: form.name, from: request.source(in: context),
            once: context.ticket)
        switch registered {
        case .ready(let user): return try context.answer(.created, UserView(user))
        // Whoever registers a known address learns no more than one who registers a new one.
        case .awaitsConfirmation: return try context.answer(.accepted, MailedView())
        }
    }

    private struct Login: DescribedBody {
        let email: String
        let password: String

        static let example = Login(email: "ada@example.com", password: "choose a long one")
    }

    @Sendable private func login(
        _ form: Login, _ request: Request, context: APIContext
    ) async throws -> TokenView {
        TokenView(
            try await signIn.signIn(email: form.email, password: form.password, from: request.source(in: context)))
    }

    private struct Refresh: DescribedBody {
        let refreshToken: String

        static let example = Refresh(refreshToken: "wxr_…")
    }

    @Sendable private func refresh(
        _ form: Refresh, _ request: Request, context: APIContext
    ) async throws -> TokenView {
        TokenView(try await signIn.refresh(form.refreshToken, from: request.source(in: context)))
    }

    /// For browsers: the answer's cookie is all they need.
    @Sendable private func startSession(
        _ form: Login, _ request: Request, context: APIContext
    ) async throws -> Response {
        let cookie = try await signIn.signInBrowser(
            email: form.email, password: form.password, replacing: request.sessionCookie,
            from: request.source(in: context))
        var response = try context.answer(.created, Nothing())
        response.set(cookie)
        return response
    }

    private struct Verification: DescribedBody {
        let token: String
        let password: String

        static let example = Verification(token: "from-the-mail", password: "choose a long one")
    }

    @Sendable private func verify(
        _ form: Verification, _ request: Request, context: APIContext
    ) async throws -> UserView {
        let user = try await accounts.verify(form.token, password: form.password, from: request.source(in: context))
        return UserView(user)
    }

    private struct Address: DescribedBody {
        let email: String

        static let example = Address(email: "ada@example.com")
    }

    @Sendable private func requestVerification(
        _ form: Address, _ request: Request, context: APIContext
    ) async throws -> MailedView {
        try await accounts.requestVerification(
            email: form.email, from: request.source(in: context), once: context.ticket)
        return MailedView()
    }

    @Sendable private func requestReset(
        _ form: Address, _ request: Request, context: APIContext
    ) async throws -> MailedView {
        try await accounts.requestReset(
            email: form.email, from: request.source(in: context), once: context.ticket)
        return MailedView()
    }

    private struct Reset: DescribedBody {
        let token: String
        let password: String

        static let example = Reset(token: "from-the-mail", password: "choose a long one")
    }

    @Sendable private func reset(
        _ form: Reset, _ request: Request, context: APIContext
    ) async throws -> Nothing {
        try await accounts.reset(
            form.token, password: form.password, from: request.source(in: context), once: context.ticket)
        return Nothing()
    }

    private struct Acceptance: DescribedBody {
        let token: String
        let password: String
        let name: String?

        static let example = Acceptance(token: "from-the-mail", password: "choose a long one", name: "Grace")
    }

    @Sendable private func accept(
        _ form: Acceptance, _ request: Request, context: APIContext
    ) async throws -> UserView {
        let user = try await accounts.accept(
            form.token, password: form.password, name: form.name, from: request.source(in: context),
            once: context.ticket)
        return UserView(user)
    }
}

/// What is said where only the reader of a mail is to learn more.
private struct MailedView: Described {
    static let example = MailedView()

    let message = "look into your mail: if the address is good for it, there is a link"
}
