import Auth
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// `/api/auth/…`: sessions and API keys of who is signed in.
struct SessionRoutes: RouteGroup {
    static let chapter = "Sign-in"
    let signIn: SignIn
    let keys: ProgramKeys

    var routes: [Route] {
        [
            Route(.get, "/api/auth/session", "showSession", "Who is signed in, and how.", use: show),
            Route(
                .delete, "/api/auth/session", "endSession", "Signs out.", answers: [.json(Nothing.self)], use: signOut),
            Route(.post, "/api/auth/logout", "logout", "Signs out.", answers: [.json(Nothing.self)], use: signOut),
            Route(.get, "/api/auth/sessions", "listSessions", "Where the account is signed in.", use: list),
            Route(
                .delete, "/api/auth/sessions", "endSessions", "Signs out everywhere.",
                answers: [.json(EndedView.self)], use: signOutEverywhere),
            Route(.delete, "/api/auth/sessions/{id}", "endOtherSession", "Signs out there.", use: end),
            Route(.get, "/api/auth/keys", "listKeys", "The account's API keys.", use: listKeys),
            Route(
                .post, "/api/auth/keys", "createKey", "Makes an API key; it is shown this once.", status: .created,
                use: createKey),
            Route(.delete, "/api/auth/keys/{id}", "revokeKey", "Ends an API key.", use: revokeKey),
        ]
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> PrincipalView {
        PrincipalView(try context.requirePrincipal())
    }

    @Sendable private func signOut(_ request: Request, context: APIContext) async throws -> Response {
        try await signIn.signOut(context.requirePrincipal(), from: request.source(in: context))
        var response = try context.answer(.ok, Nothing())
        if request.sessionCookie != nil { response.set(.sessionEnd) }
        return response
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> [SessionView] {
        let caller = try context.requirePrincipal()
        return try await signIn.sessions(of: caller).map { SessionView($0, isCurrent: $0.id == caller.session) }
    }

    @Sendable private func signOutEverywhere(_ request: Request, context: APIContext) async throws -> Response {
        let count = try await signIn.signOutEverywhere(context.requirePrincipal(), from: request.source(in: context))
        var response = try context.answer(.ok, EndedView(ended: count))
        if request.sessionCookie != nil { response.set(.sessionEnd) }
        return response
    }

    @Sendable private func end(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let id: Identifier<Session> = try context.identifier(ServiceError.notFound("session"))
        try await signIn.endSession(id, of: context.requirePrincipal(), from: request.source(in: context))
        return IdentifierView(id: id.text)
    }

    @Sendable private func listKeys(_ request: Request, context: APIContext) async throws -> [APIKeyView] {
        try await keys.list(of: context.requirePrincipal()).map { APIKeyView($0) }
    }

    private struct NewKey: DescribedBody {
        let name: String
        let scopes: [String]?
        let expiresAt: Timestamp?

        static let example = NewKey(name: "laptop", scopes: ["samples:read"], expiresAt: .laterExample)
    }

    @Sendable private func createKey(
        _ form: NewKey, _ request: Request, context: APIContext
    ) async throws -> APIKeyView {
        let made = try await keys.create(
            name: form.name, scopes: form.scopes, expiresAt: form.expiresAt, for: context.requirePrincipal(),
            from: request.source(in: context), once: context.ticket)
        return APIKeyView(made.key, secret: made.secret)
    }

    @Sendable private func revokeKey(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let id: Identifier<APIKey> = try context.identifier(ServiceError.notFound("API key"))
        try await keys.revoke(id, of: context.requirePrincipal(), from: request.source(in: context))
        return IdentifierView(id: id.text)
    }
}

private struct PrincipalView: Described {
    let user: String
    let role: Role
    let method: String
    @ExplicitNull var session: String?
    let authenticatedAt: Timestamp
    /// Null for all that the user may.
    @ExplicitNull var scopes: [String]?

    init(_ principal: Principal) {
        (user, role, method) = (principal.user.text, principal.role, principal.method.rawValue)
        (session, authenticatedAt) = (principal.session?.text, principal.authenticatedAt)
        scopes = principal.scopes.names
    }

    private init(example: Void) {
        (user, role, method) = (.exampleID, .user, "password")
        (session, authenticatedAt, scopes) = (.exampleID, .example, ["samples:read"])
    }

    static let example = PrincipalView(example: ())
}

private struct EndedView: Described {
    /// Sessions.
    let ended: Int

    static let example = EndedView(ended: 2)
}

private struct SessionView: Described {
    let id: String
    /// Whether the request was sent in it.
    let current: Bool
    @ExplicitNull var device: String?
    let createdAt: Timestamp
    let usedAt: Timestamp
    let expiresAt: Timestamp

    init(_ session: Session, isCurrent: Bool) {
        (id, current, device) = (session.id.text, isCurrent, session.device?.text)
        (createdAt, usedAt, expiresAt) = (session.createdAt, session.usedAt, session.expiresAt)
    }

    private init(example: Void) {
        (id, current, device) = (.exampleID, true, "Firefox on Debian")
        (createdAt, usedAt, expiresAt) = (.example, .example, .laterExample)
    }

    static let example = SessionView(example: ())
}

private struct APIKeyView: Described {
    let id: String
    let name: String
    let prefix: String
    @ExplicitNull var scopes: [String]?
    let createdAt: Timestamp
    @ExplicitNull var expiresAt: Timestamp?
    @ExplicitNull var usedAt: Timestamp?
    /// The key itself, when it is made and never again.
    let key: String?

    init(_ key: APIKey, secret: APIKeySecret? = nil) {
        (id, name, prefix) = (key.id.text, key.name.text, key.prefix)
        (createdAt, expiresAt, usedAt) = (key.createdAt, key.expiresAt, key.usedAt)
        scopes = key.scopes.names
        self.key = secret?.text
    }

    private init(example: Void) {
        (id, name, prefix, scopes) = (.exampleID, "laptop", "wxk_4f9c", ["samples:read"])
        (createdAt, expiresAt, usedAt, key) = (.example, .laterExample, .example, "wxk_4f9c…")
    }

    static let example = APIKeyView(example: ())
}

extension Scopes {
    /// Sorted; nil for all.
    fileprivate var names: [String]? {
        switch self {
        case .all: nil
        case .only(let scopes): scopes.sorted().map(\.text)
        }
    }
}

extension Response {
    mutating func set(_ cookie: SetCookie) {
        headers.append(HTTPField(name: .setCookie, value: cookie.headerValue))
    }
}
