import Storage

/// Signing up, in and out with e-mail and password, and what belongs to having one.
///
/// An unknown user and a wrong password give the same error after the same work: one read, one Argon2id run, one entry
/// in the audit log.
public struct PasswordSignIn: Sendable {
    let database: any Database
    let users: Users
    let sessions: Sessions
    let registration: Registration
    let hasher: PasswordHasher
    let attempts: PasswordAttempts
    let links: OneTimeTokens
    let audit: AuditLog
    let clock: any WallClock
    private let tokens: AccessTokens

    public init(
        _ database: any Database, tokens: AccessTokens, sessions: Sessions, hasher: PasswordHasher,
        attempts: PasswordAttempts, registration: Registration = .open, clock: any WallClock = SystemClock()
    ) {
        (self.database, users) = (database, Users(database, clock: clock))
        (self.tokens, self.sessions, self.hasher) = (tokens, sessions, hasher)
        (self.attempts, self.registration, self.clock) = (attempts, registration, clock)
        (links, audit) = (OneTimeTokens(database, clock: clock), AuditLog(database, clock: clock))
    }

    /// Signs in, and begins a session.
    ///
    /// - Returns: an access token, which goes on as long as it says; see ``signIn(email:password:from:alongside:)`` for more.
    public func login(
        email: String, password: String, from origin: RequestOrigin
    ) async throws(AuthError) -> AccessToken {
        let signedIn = try await signIn(email: email, password: password, from: origin) { _, _ in }
        return try accessToken(for: signedIn.user, signedIn.session)
    }

    /// Signs in, and begins a session.
    ///
    /// Where ``Registration/requiresVerifiedEmail``, a user whose address is not verified gets the same answer as for a
    /// wrong password: else one could register an address and learn by signing in whether it was registered before.
    ///
    /// - Parameter alongside: what the session begins with, as a cookie (``Sessions/renewCookie(of:of:in:)``) or a refresh
    ///   token (``RefreshTokens/start(for:in:)``); runs in the same transaction.
    /// - Throws: ``AuthError/wrongCredentials``, ``AuthError/accountDisabled`` for the right password,
    ///   ``AuthError/tooManyAttempts(retryAfter:)``, ``AuthError/overloaded``.
    public func signIn<Extra: Sendable>(
        email: String, password: String, from origin: RequestOrigin,
        alongside: @escaping @Sendable (Session, any WriteSession) throws -> Extra
    ) async throws(AuthError) -> SignedIn<Extra> {
        // A text that is no address, or too long for a password, is wrong whoever is registered: no hash is spent.
        let email = try? EmailAddress(email)
        try await attempts.count(account: email, from: origin.address)
        for _ in 0..<Self.tries {
            let right = try await check(password, of: email, from: origin, for: .signIn)
            let rehashed = try await rehashed(right)
            switch try await startSession(for: right, from: origin, rehashing: rehashed, alongside: alongside) {
            case .started(let signedIn):
                await attempts.remember(signedIn.user.email, from: origin.address)
                return signedIn
            case .refused(let error): throw error
            case .passwordChanged: continue
            }
        }
        throw .wrongCredentials
    }

    /// Ends a session of `user`, this one or that of another device: its token is refused from now on. Doing it twice
    /// is harmless.
    public func logout(
        _ session: Identifier<Session>, of user: AccountID, from origin: RequestOrigin? = nil
    ) async throws(AuthError) {
        try await throwingAuthError {
            try await database.write {
                guard try sessions.revoke(session, of: user, in: $0) else { return }
                let event = AuditEvent(
                    .sessionRevoked, of: user, by: .user(user), from: origin, ["session": .text(session.text)])
                try audit.append(event, in: $0)
            }
        }
    }

    /// Ends every session of `user`.
    ///
    /// - Parameter kept: the one that goes on.
    /// - Returns: how many were ended.
    @discardableResult
    public func logoutEverywhere(
        _ user: AccountID, except kept: Identifier<Session>? = nil, from origin: RequestOrigin? = nil
    ) async throws(AuthError) -> Int {
        try await throwingAuthError {
            try await database.write {
                let ended = try sessions.revokeAll(of: user, except: kept, in: $0)
                let event = AuditEvent(
                    .sessionRevoked, of: user, by: .user(user), from: origin, ["sessions": .number(Int64(ended))])
                if ended > 0 { try audit.append(event, in: $0) }
                return ended
            }
        }
    }

    func accessToken(for user: User, _ session: Session) throws(AuthError) -> AccessToken {
        let now = session.createdAt
        return AccessToken(
            token: try tokens.issue(for: session, at: now),
            expiresIn: AccessTokens.expiry(for: session, at: now) - now, user: user, session: session.id)
    }

    func chosen(_ password: String) throws(AuthError) -> Password {
        do throws(PasswordFlaw) { return try Password(password) } catch { throw .passwordRefused(error) }
    }
}

extension PasswordSignIn {
    /// Of sign-ins at once of a user whose hash is renewed, all but one find another hash than they checked.
    private static let tries = 3

    private enum Start<Extra: Sendable> {
        case started(SignedIn<Extra>)
        case refused(AuthError)
        /// While it was checked, by a change or by being hashed anew.
        case passwordChanged
    }

    /// The password was checked outside of the transaction, as that takes long: it is to be the user's still.
    private func startSession<Extra>(
        for right: CheckedPassword, from origin: RequestOrigin, rehashing fresh: PasswordHash?,
        alongside: @escaping @Sendable (Session, any WriteSession) throws -> Extra
    ) async throws(AuthError) -> Start<Extra> {
        try await throwingAuthError {
            try await database.write { session in
                guard let user = try users.find(right.user, withPasswordHash: right.hash, in: session) else {
                    return .passwordChanged
                }
                if let reason = refusal(of: user) {
                    try recordFailure(of: user.id, from: origin, for: .signIn, reason: reason.word, in: session)
                    return .refused(reason.error)
                }
                if let fresh {
                    try users.replacePasswordHash(of: user.id, from: right.hash, to: fresh, in: session)
                }
                let started = try sessions.start(for: user.id, on: origin.device, in: session)
                let detail: AuditDetail = ["session": .text(started.id.text)]
                let event = AuditEvent(.signedIn, of: user.id, by: .user(user.id), from: origin, detail)
                try audit.append(event, in: session)
                return .started(SignedIn(user: user, session: started, extra: try alongside(started, session)))
            }
        }
    }

    /// Why somebody does not get in although the password is theirs.
    private func refusal(of user: User) -> (error: AuthError, word: String)? {
        if registration.requiresVerifiedEmail && user.emailVerifiedAt == nil {
            return (.wrongCredentials, "email not verified")
        }
        return user.disabledAt == nil ? nil : (.accountDisabled, "account disabled")
    }

    /// The password at today's cost, if it was hashed at another. A machine too busy for it does so another time.
    private func rehashed(_ right: CheckedPassword) async throws(AuthError) -> PasswordHash? {
        guard let hash = PasswordHash(phc: right.hash), hasher.needsRehash(hash) else { return nil }
        return try? await hasher.hash(right.password)
    }
}

/// Who is signed in, in which session, and what it began with.
public struct SignedIn<Extra: Sendable>: Sendable {
    public let user: User
    public let session: Session
    public let extra: Extra
}
