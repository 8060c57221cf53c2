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
        try await requestLink(.verifyEmail, .emailVerificationRequested, to: email, from: origin, mail) { user, token in
            user.emailVerifiedAt == nil ? .confirmAddress(user, token) : .accountExists(user)
        }
    }

    /// Confirms the address to which the link was mailed.
    ///
    /// Who confirms must know the password too: else one could register somebody's address, and have them open the account
    /// by a click on a link that they did not ask for. Who does not know it asks for another one (``requestReset(email:from:mail:)``),
    /// which confirms the address as well.
    ///
    /// - Throws: ``AuthError/linkRefused``, ``AuthError/wrongCredentials``, ``AuthError/tooManyAttempts(retryAfter:)``,
    ///   ``AuthError/overloaded``. A wrong password does not spend the link.
    @discardableResult
    public func verifyEmail(
        _ token: String, password: String, from origin: RequestOrigin
    ) async throws(AuthError) -> User {
        let (token, grant) = try await good(token, .verifyEmail)
        try await attempts.count(account: grant.email, from: origin.address)
        let right = try await check(password, of: grant.email, from: origin, for: .confirmation)
        guard right.user == grant.user else { throw .wrongCredentials }
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
