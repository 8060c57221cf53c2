import Auth
import Storage

/// API keys: what a user gives their programs to sign in with.
public struct ProgramKeys: Sendable {
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
    /// - Throws: ``ServiceError`` `.forbidden` for more than the caller's credentials are good for, `.invalid`, `.conflict`.
    public func create(
        name: String, scopes names: [String]?, expiresAt: Timestamp?, for caller: Principal, from origin: RequestOrigin
    ) async throws -> (key: APIKey, secret: APIKeySecret) {
        let user = try caller.may(.changeAccount)
        // A key would outlive what it is made with: another key's end, or the trust in an issuer.
        guard caller.isSignedIn else { throw ServiceError.forbidden(Accounts.needsSession) }
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
            try await keys.create(
                for: user, name: name, scopes: scopes, expiresAt: expiresAt, by: AuditActor(caller), from: origin)
        }
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
