import Storage

/// A new password for who has lost the old one, or never had one.
extension PasswordSignIn {
    /// Has a link mailed by which the user of an address chooses a new password.
    ///
    /// Whether the address is somebody's is not to be learned here: the work and the answer are the same, and limited
    /// alike. Of an unknown address, or a disabled user, the mailing is told ``AccountMail/noAccount(_:)``.
    ///
    /// - Throws: ``AuthError/emailRefused(_:)``, ``AuthError/tooManyAttempts(retryAfter:)``.
    public func requestReset(
        email: String, from origin: RequestOrigin, mail: @escaping Mailing
    ) async throws(AuthError) {
        try await requestLink(.resetPassword, .passwordResetRequested, to: email, from: origin, mail) { user, token in
            .resetPassword(user, token)
        }
    }

    /// Has a link mailed, with the same work and answer whether the address is somebody's or not.
    ///
    /// - Parameter letter: for a user who may sign in.
    func requestLink(
        _ purpose: OneTimePurpose, _ action: AuditAction, to email: String, from origin: RequestOrigin,
        _ mail: @escaping Mailing, letter: @escaping @Sendable (User, OneTimeToken) -> AccountMail
    ) async throws(AuthError) {
        let email = try EmailAddress.parsed(email)
        try await attempts.countMail(account: email, from: origin.address)
        guard await attempts.mayMail(email) else { return }
        try await throwingAuthError {
            try await database.write { session in
                let user = try users.findEnabled(email, in: session)
                let token = try links.issue(purpose, to: email, of: user?.id, in: session)
                try audit.append(AuditEvent(action, of: user?.id, by: .unknown, from: origin), in: session)
                try mail(user.map { letter($0, token) } ?? .noAccount(email), session)
            }
        }
    }

    /// Whose link this is, for the page that it opens. It stays good.
    ///
    /// - Throws: ``AuthError/linkRefused``.
    public func checkReset(_ token: String) async throws(AuthError) -> EmailAddress {
        let grant = try await good(token, .resetPassword).grant
        guard grant.user != nil else { throw .linkRefused }
        return grant.email
    }

    /// Sets the password of the user to whom the link was mailed, whose address is thereby verified.
    ///
    /// Every session of theirs ends, with its access and refresh tokens, and so do other links to reset the password; API
    /// keys stay. Nobody is signed in by it. A password that is refused does not spend the link.
    ///
    /// - Parameter alongside: what else is to be written; runs in the same transaction.
    /// - Throws: ``AuthError/linkRefused``, ``AuthError/passwordRefused(_:)``, ``AuthError/overloaded``.
    @discardableResult
    public func reset(
        _ token: String, password: String, from origin: RequestOrigin,
        alongside: @escaping @Sendable (User, any WriteSession) throws -> Void = { _, _ in }
    ) async throws(AuthError) -> User {
        let password = try chosen(password)
        // Looked at before anything is hashed: guesses are to cost little.
        let token = try await good(token, .resetPassword).token
        let hash = try await hasher.hash(password)
        let user = try await throwingAuthError {
            try await database.write { session in
                guard let user = try redeem(token, .resetPassword, in: session) else { throw AuthError.linkRefused }
                try users.setPasswordHash(of: user.id, to: hash, in: session)
                try users.markVerified(user.id, in: session)
                let ended = try endEverything(of: user.id, in: session)
                let detail: AuditDetail = ["sessions": .number(Int64(ended))]
                try audit.append(
                    AuditEvent(.passwordReset, of: user.id, by: .user(user.id), from: origin, detail), in: session)
                try alongside(user, session)
                return try users.find(user.id, in: session) ?? user
            }
        }
        await attempts.remember(user.email, from: origin.address)
        return user
    }

    /// Spends a link of a user who is not disabled and still has the address that it was mailed to.
    func redeem(_ token: OneTimeToken, _ purpose: OneTimePurpose, in session: any WriteSession) throws -> User? {
        guard let grant = try links.redeem(token, purpose, in: session), let id = grant.user,
            let user = try users.findEnabled(grant.email, in: session), user.id == id
        else { return nil }
        return user
    }
}
