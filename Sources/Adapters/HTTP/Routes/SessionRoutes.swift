import Auth
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// `/api/auth/…`: sessions and API keys of who is signed in.
struct SessionRoutes {
    let signIn: SignIn
    let keys: ProgramKeys

    func add(to router: RouterGroup<APIContext>) {
        router.get("auth/session", use: show)
        router.delete("auth/session", use: signOut)
        router.post("auth/logout", use: signOut)
        router.get("auth/sessions", use: list)
        router.delete("auth/sessions", use: signOutEverywhere)
        router.delete("auth/sessions/:id", use: end)
        router.get("auth/keys", use: listKeys)
        router.post("auth/keys", use: createKey)
        router.delete("auth/keys/:id", use: revokeKey)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        try context.answer(.ok, PrincipalView(try context.requirePrincipal()))
    }

    @Sendable private func signOut(_ request: Request, context: APIContext) async throws -> Response {
        try await signIn.signOut(context.requirePrincipal(), from: request.source(in: context))
        var response = try context.answer(.ok, Nothing())
        if request.sessionCookie != nil { response.set(.sessionEnd) }
        return response
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        return try context.answer(
            .ok, try await signIn.sessions(of: caller).map { SessionView($0, isCurrent: $0.id == caller.session) })
    }

    @Sendable private func signOutEverywhere(_ request: Request, context: APIContext) async throws -> Response {
        let count = try await signIn.signOutEverywhere(context.requirePrincipal(), from: request.source(in: context))
        var response = try context.answer(.ok, ["ended": count])
        if request.sessionCookie != nil { response.set(.sessionEnd) }
        return response
    }

    @Sendable private func end(_ request: Request, context: APIContext) async throws -> Response {
        let id: Identifier<Session> = try context.identifier(ServiceError.notFound("session"))
        try await signIn.endSession(id, of: context.requirePrincipal(), from: request.source(in: context))
        return try context.answer(.ok, ["id": id.text])
    }

    @Sendable private func listKeys(_ request: Request, context: APIContext) async throws -> Response {
        try context.answer(.ok, try await keys.list(of: context.requirePrincipal()).map { APIKeyView($0) })
    }

    private struct NewKey: Decodable {
        let name: String
        let scopes: [String]?
        let expiresAt: Timestamp?
    }

    @Sendable private func createKey(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await request.json(as: NewKey.self)
        let made = try await keys.create(
            name: form.name, scopes: form.scopes, expiresAt: form.expiresAt, for: context.requirePrincipal(),
            from: request.source(in: context))
        return try context.answer(.created, APIKeyView(made.key, secret: made.secret))
    }

    @Sendable private func revokeKey(_ request: Request, context: APIContext) async throws -> Response {
        let id: Identifier<APIKey> = try context.identifier(ServiceError.notFound("API key"))
        try await keys.revoke(id, of: context.requirePrincipal(), from: request.source(in: context))
        return try context.answer(.ok, ["id": id.text])
    }
}

private struct PrincipalView: Encodable, Sendable {
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
}

private struct SessionView: Encodable, Sendable {
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
}

private struct APIKeyView: Encodable, Sendable {
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
