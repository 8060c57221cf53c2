import Storage

/// Signing up, in and out with e-mail and password.
///
/// An unknown user and a wrong password give the same error after the same work: one read, one Argon2id run.
public struct PasswordSignIn: Sendable {
    private let database: any Database
    private let users: Users
    private let sessions: Sessions
    private let tokens: AccessTokens
    private let hasher: PasswordHasher
    private let attempts: PasswordAttempts
    private let clock: any WallClock

    public init(
        _ database: any Database, tokens: AccessTokens, sessions: Sessions, hasher: PasswordHasher,
        attempts: PasswordAttempts, clock: any WallClock = SystemClock()
    ) {
        (self.database, users) = (database, Users(database))
        (self.tokens, self.sessions, self.hasher) = (tokens, sessions, hasher)
        (self.attempts, self.clock) = (attempts, clock)
    }

    /// - Parameters:
    ///   - name: nil or blank for none.
    ///   - alongside: what else a new account needs; runs in the same transaction.
    /// - Throws: ``AuthError/emailRefused(_:)``, ``AuthError/passwordRefused(_:)``, ``AuthError/nameRefused``,
    ///   ``AuthError/emailTaken``, ``AuthError/overloaded``.
    public func register(
        email: String, password: String, name: String? = nil,
        alongside: @escaping @Sendable (User, any WriteSession) throws -> Void = { _, _ in }
    ) async throws(AuthError) -> User {
        let address = try parsed(email)
        guard !address.isReserved else { throw .emailRefused(.reserved) }
        let user = User(
            id: .random(), email: address, name: try parsedName(name), createdAt: clock.now())
        let hash = try await hasher.hash(try chosen(password))
        try await throwingAuthError {
            try await database.write { session in
                try users.create(user, passwordHash: hash, in: session)
                try alongside(user, session)
            }
        }
        return user
    }

    /// - Parameters:
    ///   - address: whose attempts are counted together: the client's IP address, IPv6 cut to its /64.
    ///   - device: by which the user will know the session again.
    /// - Throws: ``AuthError/wrongCredentials``, ``AuthError/tooManyAttempts(retryAfter:)``,
    ///   ``AuthError/overloaded``.
    public func login(
        email: String, password: String, from address: String, on device: DeviceName? = nil
    ) async throws(AuthError) -> AccessToken {
        // A text that is no address, or too long for a password, is wrong whoever is registered: no hash is spent.
        let email = try? EmailAddress(email)
        try await attempts.count(account: email, from: address)
        guard let email, Password.couldBe(password) else { throw .wrongCredentials }
        let known = try await throwingAuthError {
            try await database.read { try users.credentials(of: email, in: $0) }
        }
        let stored = known?.passwordHash
        let hash = stored.flatMap(PasswordHash.init(phc:)) ?? hasher.decoy
        guard try await hasher.verify(password, against: hash), let user = known?.user, let stored else {
            throw .wrongCredentials
        }
        let session = try await startSession(
            for: user, on: device, rehashing: try await rehashed(password, hash), from: stored)
        await attempts.remember(email, from: address)
        let now = session.createdAt
        return AccessToken(
            token: try tokens.issue(for: session, at: now),
            expiresIn: AccessTokens.expiry(for: session, at: now) - now, user: user, session: session.id)
    }

    /// Ends a session of `user`: its token is refused from now on. Doing it twice is harmless.
    public func logout(_ session: Identifier<Session>, of user: AccountID) async throws(AuthError) {
        try await throwingAuthError {
            try await database.write { try sessions.revoke(session, of: user, in: $0) }
        }
    }
}

extension PasswordSignIn {
    private func startSession(
        for user: User, on device: DeviceName?, rehashing fresh: PasswordHash?, from stored: String
    ) async throws(AuthError) -> Session {
        try await throwingAuthError {
            try await database.write { session in
                guard try users.find(user.id, in: session) != nil else { throw AuthError.wrongCredentials }
                if let fresh {
                    try users.replacePasswordHash(of: user.id, from: stored, to: fresh, in: session)
                }
                return try sessions.start(for: user.id, on: device, in: session)
            }
        }
    }

    /// The password at today's cost, if it was hashed at another. A machine too busy for it does so another time.
    private func rehashed(_ password: String, _ hash: PasswordHash) async throws(AuthError) -> PasswordHash? {
        guard hasher.needsRehash(hash) else { return nil }
        return try? await hasher.hash(Password(known: password))
    }

    private func parsed(_ email: String) throws(AuthError) -> EmailAddress {
        do throws(EmailFlaw) { return try EmailAddress(email) } catch { throw .emailRefused(error) }
    }

    private func chosen(_ password: String) throws(AuthError) -> Password {
        do throws(PasswordFlaw) { return try Password(password) } catch { throw .passwordRefused(error) }
    }

    private func parsedName(_ name: String?) throws(AuthError) -> UserName? {
        guard let name, !name.allSatisfy(\.isWhitespace) else { return nil }
        guard let parsed = UserName(name) else { throw .nameRefused }
        return parsed
    }
}
