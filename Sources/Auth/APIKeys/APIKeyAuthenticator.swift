import Storage

/// Lets a program through that brings a good API key, in a header of its own or as a bearer token: one read of the
/// database, and a write a minute.
public struct APIKeyAuthenticator: Authenticator {
    private let database: any Database
    private let keys: APIKeys

    public init(_ database: any Database, keys: APIKeys) {
        (self.database, self.keys) = (database, keys)
    }

    /// - Throws: ``AuthError/apiKeyRefused`` whatever is wrong with a key.
    public func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
        let bearer = credentials.bearerToken.flatMap { APIKeySecret.isMeant(by: $0) ? $0 : nil }
        guard let text = credentials.apiKey ?? bearer else { return nil }
        guard let secret = APIKeySecret(text) else { throw .apiKeyRefused }
        let live = try await throwingAuthError {
            try await database.read { try keys.findLiveWithRole(secret, in: $0) }
        }
        guard let (key, role) = live else { throw .apiKeyRefused }
        await keys.recordUse(of: key)
        return Principal(
            user: key.user, role: role, session: nil, method: .apiKey, authenticatedAt: key.createdAt,
            scopes: key.scopes)
    }
}
