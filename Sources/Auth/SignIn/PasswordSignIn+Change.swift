import Storage

/// What a user who is signed in does with their password.
extension PasswordSignIn {
    /// Asks a user who is signed in for their password once more, before something dangerous is done in their name.
    ///
    /// Counted with the sign-ins of the account: a session that was left open is no place to guess the password at. A
    /// user without one gets the answer for a wrong one; they choose one by ``reset(_:password:from:)``.
    ///
    /// - Throws: ``AuthError/wrongCredentials``, ``AuthError/tooManyAttempts(retryAfter:)``,
    ///   ``AuthError/overloaded``; ``AuthError/sessionEnded`` for a user who is gone.
    public func confirm(
        password: String, for user: AccountID, from origin: RequestOrigin
    ) async throws(AuthError) {
        try await confirmed(password, for: user, from: origin)
        try await throwingAuthError {
            try await database.write {
                // A log that outlives its user must not learn of them again.
                guard try users.find(user, in: $0) != nil else { throw AuthError.sessionEnded }
                try audit.append(
                    AuditEvent(.passwordConfirmed, of: user, by: .user(user), from: origin), in: $0)
            }
        }
    }

    /// Replaces the password of a user who is signed in and knows the old one.
    ///
    /// Every session of the user ends, with its access and refresh tokens and its cookie, and open links to reset the
    /// password; API keys stay. The device that asked goes on in a new session, under a new name: who knew anything of
    /// the old one has nothing. A cookie for it comes from ``Sessions/renewCookie(of:of:in:)``, a first refresh token from
    /// ``RefreshTokens/start(for:in:)``, as after a sign-in.
    ///
    /// - Parameters:
    ///   - session: that of the device that asks.
    ///   - alongside: what the new session begins with, and what else is to be written; runs in the same transaction.
    /// - Throws: ``AuthError/wrongCredentials``, ``AuthError/passwordRefused(_:)``, ``AuthError/sessionEnded``,
    ///   ``AuthError/tooManyAttempts(retryAfter:)``, ``AuthError/overloaded``.
    public func changePassword<Extra: Sendable>(
        of user: AccountID, in asking: Identifier<Session>, from old: String, to new: String,
        origin: RequestOrigin, alongside: @escaping @Sendable (User, Session, any WriteSession) throws -> Extra
    ) async throws(AuthError) -> SignedIn<Extra> {
        let new = try chosen(new)
        try await confirmed(old, for: user, from: origin)
        let hash = try await hasher.hash(new)
        return try await throwingAuthError {
            try await database.write { session in
                // Whatever changes a password ends every session: as long as this one lives, the old password is the
                // one that was asked for.
                guard let current = try sessions.findLive(asking, of: user, in: session),
                    let changed = try users.find(user, in: session)
                else { throw AuthError.sessionEnded }
                try users.setPasswordHash(of: user, to: hash, in: session)
                let ended = try endEverything(of: user, in: session)
                let detail: AuditDetail = ["sessions": .number(Int64(ended))]
                try audit.append(
                    AuditEvent(.passwordChanged, of: user, by: .user(user), from: origin, detail), in: session)
                let started = try sessions.start(for: user, on: current.device, in: session)
                return SignedIn(user: changed, session: started, extra: try alongside(changed, started, session))
            }
        }
    }

    /// - Returns: an access token of the session that goes on.
    public func changePassword(
        of user: AccountID, in asking: Identifier<Session>, from old: String, to new: String, origin: RequestOrigin
    ) async throws(AuthError) -> AccessToken {
        let signedIn = try await changePassword(of: user, in: asking, from: old, to: new, origin: origin) { _, _, _ in }
        return try accessToken(for: signedIn.user, signedIn.session)
    }

    /// Whether a user has a password; those who sign in elsewhere have none.
    public func hasPassword(_ user: AccountID) async throws(AuthError) -> Bool {
        try await throwingAuthError {
            try await database.read {
                try $0.row("SELECT id FROM users WHERE id = \(user) AND password_hash IS NOT NULL") != nil
            }
        }
    }

    /// What must not outlive a password: sessions with all that belongs to them, and links to choose another one.
    ///
    /// - Returns: how many sessions were ended.
    func endEverything(of user: AccountID, in session: any WriteSession) throws -> Int {
        try links.end(.resetPassword, of: user, in: session)
        return try sessions.revokeAll(of: user, in: session)
    }

    private func confirmed(
        _ password: String, for user: AccountID, from origin: RequestOrigin
    ) async throws(AuthError) {
        guard let known = try await users.find(user) else { throw .sessionEnded }
        try await attempts.count(account: known.email, from: origin.address)
        let right = try await check(password, of: known.email, from: origin, for: .confirmation)
        // The address may have become another user's in between.
        guard right.user == user else { throw .wrongCredentials }
    }
}
