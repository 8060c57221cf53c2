import Auth
import HTTPTypes
import Hummingbird
import NIOCore
import WaxwingService

/// The pages around signing in, for browsers: `/signin` and what mailed links lead to.
///
/// Reading one changes nothing; every form is posted by a page of ours, or refused.
struct PageRoutes: RouteGroup {
    static let chapter = "Pages"
    let accounts: Accounts
    let signIn: SignIn
    let sameOrigin: SameOrigin

    var routes: [Route] {
        [
            Route(page: .get, "/", use: showAccount),
            Route(page: .get, "/signin", use: showSignIn),
            Route(page: .post, "/signin", use: submitSignIn),
            Route(page: .post, "/signout", use: submitSignOut),
            Route(page: .get, "/register", use: showRegister),
            Route(page: .post, "/register", use: submitRegister),
            Route(page: .get, "/verify") { request, _ in SignInPage.verify(token: request.linkToken).response() },
            Route(page: .post, "/verify", use: submitVerify),
            Route(page: .get, "/forgot", use: showForgot),
            Route(page: .post, "/forgot", use: submitForgot),
            Route(page: .get, "/reset") { request, _ in SignInPage.reset(token: request.linkToken).response() },
            Route(page: .post, "/reset", use: submitReset),
            Route(page: .get, "/invitation", use: showInvitation),
            Route(page: .post, "/invitation", use: submitInvitation),
        ]
    }

    @Sendable private func showAccount(_ request: Request, context: APIContext) async throws -> Response {
        guard let caller = await principal(request, context) else { return .redirect(to: "/signin", type: .normal) }
        return SignInPage.account(try await accounts.overview(of: caller)).response()
    }

    @Sendable private func showSignIn(_ request: Request, context: APIContext) async throws -> Response {
        let next = OwnPath(next: request.uri.queryParameters["next"].map(String.init))
        if await principal(request, context) != nil { return .redirect(to: next.text, type: .normal) }
        return SignInPage.signIn(accounts.waysIn, next: next.text).response()
    }

    @Sendable private func submitSignIn(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await submitted(request)
        let (email, next) = (form["email"] ?? "", OwnPath(next: form["next"]))
        do {
            let cookie = try await signIn.signInBrowser(
                email: email, password: form["password"] ?? "", replacing: request.sessionCookie,
                from: request.source(in: context))
            var response = Response.redirect(to: next.text, type: .normal)
            response.set(cookie)
            return response
        } catch let error as ServiceError {
            return context.page(for: error) {
                SignInPage.signIn(accounts.waysIn, next: next.text, email: email, problem: $0)
            }
        }
    }

    @Sendable private func submitSignOut(_ request: Request, context: APIContext) async throws -> Response {
        try sameOrigin.checkOwnForm(request)
        if let caller = await principal(request, context) {
            try await signIn.signOut(caller, from: request.source(in: context))
        }
        var response = Response.redirect(to: "/signin", type: .normal)
        response.set(.sessionEnd)
        return response
    }

    @Sendable private func showRegister(_ request: Request, context: APIContext) async throws -> Response {
        guard accounts.waysIn.takesRegistrations else {
            return SignInPage.problem(
                "No new accounts", "New accounts are not made here: ask whoever runs this service."
            )
            .response(.forbidden)
        }
        return SignInPage.register().response()
    }

    @Sendable private func submitRegister(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await submitted(request)
        let (email, name) = (form["email"] ?? "", form["name"] ?? "")
        do {
            let registered = try await accounts.register(
                email: email, password: form["password"] ?? "", name: name, from: request.source(in: context))
            switch registered {
            case .ready:
                return SignInPage.notice("Your account is there", "You can sign in now.", next: ("/signin", "Sign in"))
                    .response(.created)
            case .awaitsConfirmation: return mailed("A link in it confirms that the address is yours.")
            }
        } catch let error as ServiceError {
            return context.page(for: error) { SignInPage.register(email: email, name: name, problem: $0) }
        }
    }

    @Sendable private func submitVerify(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await submitted(request)
        let token = form["token"] ?? ""
        do {
            _ = try await accounts.verify(token, password: form["password"] ?? "", from: request.source(in: context))
            return SignInPage.notice("The address is yours", "You can sign in now.", next: ("/signin", "Sign in"))
                .response()
        } catch let error as ServiceError {
            return context.page(for: error) { SignInPage.verify(token: token, problem: $0) }
        }
    }

    @Sendable private func showForgot(_ request: Request, context: APIContext) async throws -> Response {
        guard accounts.waysIn.sendsMail else {
            return SignInPage.problem("No mail", "This service sends no mail: ask whoever runs it for a new password.")
                .response(.forbidden)
        }
        return SignInPage.forgot().response()
    }

    @Sendable private func submitForgot(_ request: Request, context: APIContext) async throws -> Response {
        let email = try await submitted(request)["email"] ?? ""
        do {
            try await accounts.requestReset(email: email, from: request.source(in: context))
            return mailed("If the address has an account, a link in the mail lets you choose a new password.")
        } catch let error as ServiceError {
            return context.page(for: error) { SignInPage.forgot(problem: $0) }
        }
    }

    @Sendable private func submitReset(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await submitted(request)
        let token = form["token"] ?? ""
        do {
            try await accounts.reset(token, password: form["password"] ?? "", from: request.source(in: context))
            return SignInPage.notice(
                "The password is changed", "All sessions have ended: sign in with the new one.",
                next: ("/signin", "Sign in")
            ).response()
        } catch let error as ServiceError {
            return context.page(for: error) { SignInPage.reset(token: token, problem: $0) }
        }
    }

    @Sendable private func showInvitation(_ request: Request, context: APIContext) async throws -> Response {
        let token = request.linkToken
        guard let email = try await accounts.invited(by: token) else {
            return SignInPage.problem("No invitation", "The link is not good any more: ask for another one.")
                .response(.notFound)
        }
        return SignInPage.invitation(token: token, email: email.text).response()
    }

    @Sendable private func submitInvitation(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await submitted(request)
        let (token, name) = (form["token"] ?? "", form["name"] ?? "")
        do {
            _ = try await accounts.accept(
                token, password: form["password"] ?? "", name: name, from: request.source(in: context))
            return SignInPage.notice("Your account is there", "You can sign in now.", next: ("/signin", "Sign in"))
                .response(.created)
        } catch let error as ServiceError {
            let email = try await accounts.invited(by: token)?.text ?? ""
            return context.page(for: error) {
                SignInPage.invitation(token: token, email: email, name: name, problem: $0)
            }
        }
    }

    private func mailed(_ text: String) -> Response {
        SignInPage.notice("Look into your mail", text, next: ("/signin", "Sign in")).response(.accepted)
    }

    /// Nil for whoever is not signed in in this browser.
    private func principal(_ request: Request, _ context: APIContext) async -> Principal? {
        try? await signIn.authenticate(request.credentials(context))
    }

    private func submitted(_ request: Request) async throws -> [String: String] {
        try sameOrigin.checkOwnForm(request)
        return try await request.form()
    }
}

/// Says on a page, and not in JSON, why something was refused: whoever asks is at a browser.
struct PageProblems: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            guard let failure = Failure(error) else { throw error }
            return context.page(for: failure) { SignInPage.problem("This did not work", $0) }
        }
    }
}

extension Request {
    /// The token of a mailed link. What it is good for is checked when the form is sent.
    fileprivate var linkToken: String { uri.queryParameters["token"].map { String($0.prefix(100)) } ?? "" }

    /// The fields of a posted form.
    func form() async throws -> [String: String] {
        let text = try await text(upTo: 64 << 10)
        do {
            return try URLEncodedFormDecoder().decode([String: String].self, from: text)
        } catch {
            throw InvalidRequest(field: nil, message: "the form cannot be read")
        }
    }

    /// The body, UTF-8.
    func text(upTo limit: Int) async throws -> String {
        do {
            return String(buffer: try await body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge)
        }
    }
}

extension APIContext {
    /// A page that says what is wrong, with the status and headers that the API would answer.
    func page(for error: ServiceError, _ page: (_ problem: String) -> HTMLPage) -> Response {
        self.page(for: Failure(error) ?? .internalError, page)
    }

    func page(for failure: Failure, _ page: (_ problem: String) -> HTMLPage) -> Response {
        var response = page(failure.message.prefix(1).uppercased() + failure.message.dropFirst() + ".")
            .response(failure.status)
        if let wait = failure.retryAfter { response.headers[.retryAfter] = wait.headerSeconds }
        return response
    }
}
