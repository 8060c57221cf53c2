import Storage

/// Lets a browser through whose cookie is that of a live session: one read of the database, and a write a minute.
///
/// A browser sends its cookie with what other sites make it send: whoever changes something for a principal of the
/// method ``Principal/Method/cookie`` asks first where the request comes from (`Origin`).
public struct CookieAuthenticator: Authenticator {
    private let database: any Database
    private let sessions: Sessions

    public init(_ database: any Database, sessions: Sessions) {
        (self.database, self.sessions) = (database, sessions)
    }

    public func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
        guard let value = credentials.sessionCookie else { return nil }
        guard let cookie = SessionCookie(value) else { throw .sessionEnded }
        let live = try await throwingAuthError {
            try await database.read { try sessions.findLiveWithRole(cookie, in: $0) }
        }
        guard let (session, role) = live else { throw .sessionEnded }
        await sessions.recordUse(of: session)
        return Principal(
            user: session.user, role: role, session: session.id, method: .cookie,
            authenticatedAt: session.createdAt)
    }
}
