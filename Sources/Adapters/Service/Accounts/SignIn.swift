import Auth
import Logging
import Storage

/// Signing in and out: who asks, by which credentials, in which sessions.
public struct SignIn: Sendable {
    let database: any Database
    let passwords: PasswordSignIn
    let attempts: PasswordAttempts
    let openID: OpenIDSignIn?
    let identities: Identities
    let identityPolicy: IdentityPolicy
    let users: Users
    let sessions: Sessions
    let refreshTokens: RefreshTokens
    let tokens: AccessTokens
    let authenticator: any Authenticator
    let audit: AuditLog
    let clock: any WallClock
    let logger: Logger
    let metrics: MetricRegistry

    /// The public halves of the keys that access tokens are signed with: a JWKS document.
    public var publishedKeys: [UInt8] { tokens.published }

    /// - Throws: ``ServiceError/unauthorized(_:)`` unless the credentials are somebody's.
    public func authenticate(_ credentials: Credentials) async throws -> Principal {
        let principal = try await explained { try await authenticator.authenticate(credentials) }
        guard let principal else {
            throw ServiceError.unauthorized(
                "sign in first: send an access token as 'Authorization: Bearer …', or an API key")
        }
        return principal
    }

    /// For a client that keeps tokens.
    public func signIn(email: String, password: String, from origin: RequestOrigin) async throws -> TokenPair {
        try await counted("password") {
            let signedIn = try await passwords.signIn(email: email, password: password, from: origin) {
                started, session in
                // After the password: before it, the answer would tell who is on the list.
                try identityPolicy.allowlist.check(email)
                return try refreshTokens.start(for: started, in: session)
            }
            return try pair(signedIn.extra, of: signedIn.user)
        }
    }

    /// For a browser, which keeps a cookie.
    ///
    /// - Parameter old: the cookie it came with, perhaps planted: that session ends.
    public func signInBrowser(
        email: String, password: String, replacing old: String?, from origin: RequestOrigin
    ) async throws -> SetCookie {
        try await counted("browser") {
            let signedIn = try await passwords.signIn(email: email, password: password, from: origin) {
                started, session in
                try identityPolicy.allowlist.check(email)
                return try cookie(of: started, replacing: old, in: session)
            }
            return signedIn.extra
        }
    }

    /// Trades a refresh token for fresh tokens.
    ///
    /// - Throws: ``ServiceError/unauthorized(_:)`` for one that is not good; of one that was used before, the session has
    ///   ended then.
    public func refresh(_ text: String, from origin: RequestOrigin) async throws -> TokenPair {
        guard let token = RefreshToken(text) else { throw ServiceError(AuthError.sessionEnded) }
        return try await explained {
            let grant = try await refreshTokens.refresh(token, from: origin)
            guard let user = try await users.find(grant.session.user) else { throw AuthError.sessionEnded }
            return try pair(grant, of: user)
        }
    }

    /// Ends the session that a request was sent in; credentials without one have none to end.
    public func signOut(_ caller: Principal, from origin: RequestOrigin) async throws {
        guard let session = caller.session else { return }
        try await translated { try await passwords.logout(session, of: caller.user, from: origin) }
    }

    /// Ends all of the caller's sessions, that of the request too.
    ///
    /// - Returns: how many.
    public func signOutEverywhere(_ caller: Principal, from origin: RequestOrigin) async throws -> Int {
        let user = try caller.may(.changeAccount)
        return try await translated { try await passwords.logoutEverywhere(user, from: origin) }
    }

    public func sessions(of caller: Principal) async throws -> [Session] {
        let user = try caller.may(.readAccount)
        return try await translated { try await sessions.list(of: user) }
    }

    /// Ends a session of the caller's: they are signed out on that device.
    ///
    /// - Throws: ``ServiceError/notFound(_:)`` for one that is not theirs, or has ended.
    public func endSession(_ id: Identifier<Session>, of caller: Principal, from origin: RequestOrigin) async throws {
        let user = try caller.may(.changeAccount)
        let isLive = try await database.read { try sessions.findLive(id, of: user, in: $0) != nil }
        guard isLive else { throw ServiceError.notFound("session") }
        try await translated { try await passwords.logout(id, of: user, from: origin) }
    }

    /// The tokens of the session that goes on after a password was changed.
    public func tokens(for changed: ChangedPassword) async throws -> TokenPair {
        try await translated {
            let grant = try await database.write { try refreshTokens.start(for: changed.session, in: $0) }
            return try pair(grant, of: changed.user)
        }
    }

    func explained<Value>(_ work: () async throws -> Value) async throws -> Value {
        try await translated(telling: logger, work)
    }

    /// As ``explained(_:)``, of somebody who comes in.
    func counted<Value>(_ way: String, _ work: () async throws -> Value) async throws -> Value {
        try await metrics.counting(.signIns, way) { try await explained(work) }
    }

    func pair(_ grant: RefreshGrant, of user: User) throws(AuthError) -> TokenPair {
        let now = clock.now()
        return TokenPair(
            user: user, access: try tokens.issue(for: grant.session, at: now),
            accessLife: AccessTokens.expiry(for: grant.session, at: now) - now, refresh: grant.token,
            refreshLife: grant.expiresAt - now)
    }

    func cookie(of started: Session, replacing old: String?, in session: any WriteSession) throws -> SetCookie {
        if let old = old.flatMap(SessionCookie.init) { try sessions.revoke(old, in: session) }
        guard let cookie = try sessions.renewCookie(of: started.id, of: started.user, in: session) else {
            throw AuthError.sessionEnded
        }
        return .session(cookie, until: started.expiresAt, at: clock.now())
    }
}

/// What a client that keeps tokens gets.
public struct TokenPair: Sendable {
    public let user: User
    /// For `Authorization: Bearer`.
    public let access: String
    public let accessLife: Duration
    /// For the next pair, once.
    public let refresh: RefreshToken
    public let refreshLife: Duration
}

extension TokenPair: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "tokens *** of \(user.id)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
