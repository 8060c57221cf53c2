import Auth
import Storage

/// API keys: what a user gives their programs to sign in with.
public struct ProgramKeys: Sendable {
    let database: any Database
    let keys: APIKeys
    let audit: AuditLog

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
        guard let name = UserName(name) else { throw ServiceError(AuthError.nameRefused) }
        let scopes = names == nil ? caller.scopes : try Permission.scopes(names)
        guard caller.scopes.cover(scopes) else {
            throw ServiceError.forbidden("with these credentials only keys are made that are good for no more than they are")
        }
        return try await translated {
            try await database.write { session in
                let made = try keys.create(for: user, name: name, scopes: scopes, expiresAt: expiresAt, in: session)
                try audit.append(
                    AuditEvent(
                        .apiKeyCreated, of: user, by: AuditActor(caller), from: origin, ["prefix": .text(made.key.prefix)]),
                    in: session)
                return made
            }
        }
    }

    /// - Throws: ``ServiceError/notFound(_:)`` for a key that is not the caller's.
    public func revoke(_ id: Identifier<APIKey>, of caller: Principal, from origin: RequestOrigin) async throws {
        let user = try caller.may(.changeAccount)
        let isKnown = try await database.write { session in
            guard try keys.revoke(id, of: user, in: session) else { return false }
            try audit.append(
                AuditEvent(.apiKeyRevoked, of: user, by: AuditActor(caller), from: origin, ["key": .text(id.text)]),
                in: session)
            return true
        }
        guard isKnown else { throw ServiceError.notFound("API key") }
    }
}
