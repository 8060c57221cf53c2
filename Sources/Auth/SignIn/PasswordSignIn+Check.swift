import Storage

/// Whose password was right, and against what it was checked.
struct CheckedPassword: Sendable {
    let user: AccountID
    let password: Password
    /// As it is stored; another one means that the password may be another.
    let hash: String
}

/// What a password is asked for.
enum PasswordUse: String {
    case signIn = "sign-in"
    case confirmation
}

extension PasswordSignIn {
    /// Checks a password. Whatever is wrong, an attempt that fails leaves the same entry in the audit log; it has
    /// nothing of what was typed, as people type passwords where the address belongs.
    ///
    /// - Throws: ``AuthError/wrongCredentials``, ``AuthError/overloaded``.
    func check(
        _ password: String, of email: EmailAddress?, from origin: RequestOrigin, for use: PasswordUse
    ) async throws(AuthError) -> CheckedPassword {
        guard let email, Password.couldBe(password) else {
            try await fail(of: nil, from: origin, for: use)
        }
        let known = try await throwingAuthError {
            try await database.read { try users.credentials(of: email, in: $0) }
        }
        let stored = known?.passwordHash
        let hash = stored.flatMap(PasswordHash.init(phc:)) ?? hasher.decoy
        guard try await hasher.verify(password, against: hash), let known, let stored else {
            try await fail(of: known?.user.id, from: origin, for: use)
        }
        return CheckedPassword(user: known.user.id, password: Password(known: password), hash: stored)
    }

    func recordFailure(
        of user: AccountID?, from origin: RequestOrigin, for use: PasswordUse, reason: String,
        in session: any WriteSession
    ) throws {
        let detail: AuditDetail = ["for": .text(use.rawValue), "reason": .text(reason)]
        let event = AuditEvent(.signInFailed, of: user, by: .unknown, from: origin, detail)
        try audit.append(event, in: session)
    }

    private func fail(
        of user: AccountID?, from origin: RequestOrigin, for use: PasswordUse
    ) async throws(AuthError) -> Never {
        try await throwingAuthError {
            // One row is added and nothing is read: nothing to keep apart from others.
            try await database.write(.readCommitted) {
                try recordFailure(of: user, from: origin, for: use, reason: "wrong credentials", in: $0)
            }
        }
        throw .wrongCredentials
    }
}
