import Auth
import Storage

/// API keys: what a user gives their programs to sign in with.
public struct ProgramKeys: Sendable {
    let database: any Database
    let keys: APIKeys

    public func list(of caller: Principal) async throws -> [APIKey] {
        let user = try caller.may(.readAccount)
        return try await translated { try await keys.list(of: user) }
    }

    /// A new key with its secret, which is not to be had again.
    ///
    /// - Parameters:
    ///   - scopes: names of ``Permission``s; nil for all that the caller's credentials are good for.
    ///   - expiresAt: nil for never.
    ///   - ticket: of a request with an idempotency key: where it was made before, this is the same key.
    /// - Throws: ``ServiceError`` `.forbidden` for more than the caller's credentials are good for, `.invalid`, `.conflict`.
    public func create(
        name: String, scopes names: [String]?, expiresAt: Timestamp?, for caller: Principal, from origin: RequestOrigin,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> (key: APIKey, secret: APIKeySecret) {
        let user = try caller.may(.changeAccount)
        // A key would outlive what it is made with: another key's end, or the trust in an issuer.
        guard caller.isSignedIn else { throw ServiceError.forbidden(Accounts.needsSession) }
        if let made = try await made(ticket, for: user) { return made }
        guard let name = UserName(name) else { throw ServiceError(AuthError.nameRefused) }
        let scopes = names == nil ? caller.scopes : try Permission.scopes(names)
        guard caller.role == .admin || !(names ?? []).contains(Permission.administer.rawValue) else {
            throw ServiceError.forbidden("'\(Permission.administer.rawValue)' is for keys of administrators")
        }
        guard caller.scopes.cover(scopes) else {
            throw ServiceError.forbidden(
                "with these credentials only keys are made that are good for no more than they are")
        }
        return try await translated {
            try await database.write { session in
                let made = try keys.create(
                    for: user, name: name, scopes: scopes, expiresAt: expiresAt, by: AuditActor(caller), from: origin,
                    in: session)
                try ticket?.record(made.secret.text, in: session)
                return made
            }
        }
    }

    /// The key that an earlier run of the same request made, and nobody has seen; nil also for one that was revoked since.
    private func made(
        _ ticket: IdempotencyTicket?, for user: AccountID
    ) async throws -> (key: APIKey, secret: APIKeySecret)? {
        guard let text: String = try ticket?.receipt(), let secret = APIKeySecret(text),
            let key = try await database.read({ try keys.findLive(secret, in: $0) }), key.user == user
        else { return nil }
        return (key, secret)
    }

    /// - Throws: ``ServiceError/notFound(_:)`` for a key that is not the caller's.
    public func revoke(_ id: Identifier<APIKey>, of caller: Principal, from origin: RequestOrigin) async throws {
        let user = try caller.may(.changeAccount)
        let isKnown = try await translated {
            try await keys.revoke(id, of: user, by: AuditActor(caller), from: origin)
        }
        guard isKnown else { throw ServiceError.notFound("API key") }
    }
}
