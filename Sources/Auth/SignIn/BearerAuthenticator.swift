import Storage

/// Lets a bearer token through if it is good, its session lives and its user exists: one read of the database, and
/// a write a minute.
public struct BearerAuthenticator: Authenticator {
    private let database: any Database
    private let tokens: AccessTokens
    private let sessions: Sessions

    public init(_ database: any Database, tokens: AccessTokens, sessions: Sessions) {
        (self.database, self.tokens, self.sessions) = (database, tokens, sessions)
    }

    public func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
        guard let token = credentials.bearerToken else { return nil }
        let named = try await verify(token)
        let live = try await throwingAuthError {
            try await database.read { try sessions.findLiveWithRole(named.session, of: named.user, in: $0) }
        }
        guard let (session, role) = live else { throw .sessionEnded }
        await sessions.recordUse(of: session)
        return Principal(
            user: session.user, role: role, session: session.id, method: .bearer,
            authenticatedAt: session.createdAt)
    }

    private func verify(
        _ token: String
    ) async throws(AuthError) -> (user: AccountID, session: Identifier<Session>) {
        do throws(TokenFlaw) {
            return try await tokens.verifyByNewestKeys(token)
        } catch {
            throw .tokenRefused(error)
        }
    }
}
