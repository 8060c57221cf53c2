import Storage

/// Showing that mail to an address reaches its user.
extension PasswordSignIn {
    /// Has a link mailed by which the user of an address confirms it.
    ///
    /// Whether the address is somebody's is not to be learned here, as in ``requestReset(email:from:mail:)``. A user whose
    /// address is verified already is told by mail that they have an account.
    ///
    /// - Throws: ``AuthError/emailRefused(_:)``, ``AuthError/tooManyAttempts(retryAfter:)``.
    public func requestVerification(
        email: String, from origin: RequestOrigin, mail: @escaping Mailing
    ) async throws(AuthError) {
        let email = try EmailAddress.parsed(email)
        try await attempts.countMail(account: email, from: origin.address)
        try await throwingAuthError {
            try await database.write { session in
                let user = try users.findEnabled(email, in: session)
                let token = try links.issue(.verifyEmail, to: email, of: user?.id, in: session)
                try audit.append(
                    AuditEvent(.emailVerificationRequested, of: user?.id, by: .unknown, from: origin), in: session)
                guard let user else { return try mail(.noAccount(email), session) }
                let isVerified = user.emailVerifiedAt != nil
                try mail(isVerified ? .accountExists(user) : .confirmAddress(user, token), session)
            }
        }
    }

    /// Confirms the address to which the link was mailed.
    ///
    /// - Throws: ``AuthError/linkRefused``.
    @discardableResult
    public func verifyEmail(_ token: String, from origin: RequestOrigin) async throws(AuthError) -> User {
        guard let token = OneTimeToken(token) else { throw .linkRefused }
        return try await throwingAuthError {
            try await database.write { session in
                guard let user = try redeem(token, .verifyEmail, in: session) else { throw AuthError.linkRefused }
                try users.markVerified(user.id, in: session)
                try audit.append(
                    AuditEvent(.emailVerified, of: user.id, by: .user(user.id), from: origin), in: session)
                return try users.find(user.id, in: session) ?? user
            }
        }
    }
}
