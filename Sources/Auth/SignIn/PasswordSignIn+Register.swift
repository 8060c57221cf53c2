import Storage

/// What else a new account needs; runs in the transaction that makes it.
public typealias NewAccountStep = @Sendable (User, any WriteSession) throws -> Void

/// Signing up.
extension PasswordSignIn {
    /// Registers somebody, and says so: for installations that send no mail.
    ///
    /// - Parameters:
    ///   - name: nil or blank for none.
    ///   - alongside: what else a new account needs; runs in the same transaction.
    /// - Precondition: addresses need not be verified; else ``registerByMail(email:password:name:from:mail:alongside:)``.
    /// - Throws: ``AuthError/emailRefused(_:)``, ``AuthError/passwordRefused(_:)``, ``AuthError/nameRefused``,
    ///   ``AuthError/emailTaken``, ``AuthError/registrationClosed``, ``AuthError/invitationNeeded``,
    ///   ``AuthError/overloaded``.
    public func register(
        email: String, password: String, name: String? = nil, from origin: RequestOrigin? = nil,
        alongside: @escaping NewAccountStep = { _, _ in }
    ) async throws(AuthError) -> User {
        precondition(
            !registration.requiresVerifiedEmail, "whether an address is registered is to be told by mail only")
        try registration.allow(invited: false)
        let user = try newUser(EmailAddress.parsed(email), name)
        let password = try chosen(password)
        if let origin { try await attempts.countRegistration(from: origin.address) }
        let hash = try await hasher.hash(password)
        try await throwingAuthError {
            try await database.write {
                try add(user, hash, from: origin, how: "registration", in: $0)
                try alongside(user, $0)
            }
        }
        return user
    }

    /// Registers somebody who has to confirm their address, and tells the caller nothing that a stranger to the mailbox
    /// is not to know: an address that is registered takes the same work and gets the same answer, and another mail.
    ///
    /// - Throws: as ``register(email:password:name:from:alongside:)``, but never ``AuthError/emailTaken``; and
    ///   ``AuthError/tooManyAttempts(retryAfter:)``.
    public func registerByMail(
        email: String, password: String, name: String? = nil, from origin: RequestOrigin,
        mail: @escaping Mailing, alongside: @escaping NewAccountStep = { _, _ in }
    ) async throws(AuthError) {
        try registration.allow(invited: false)
        let user = try newUser(EmailAddress.parsed(email), name)
        let password = try chosen(password)
        try await attempts.countRegistration(from: origin.address)
        try await attempts.countMail(account: user.email, from: origin.address)
        let hash = try await hasher.hash(password)
        try await throwingAuthError {
            try await database.write { session in
                if let known = try users.find(user.email, in: session) {
                    try audit.append(
                        AuditEvent(.accountCreatedAgain, of: known.id, by: .unknown, from: origin), in: session)
                    return try mail(.accountExists(known), session)
                }
                try add(user, hash, from: origin, how: "registration", in: session)
                try alongside(user, session)
                let token = try links.issue(.verifyEmail, to: user.email, of: user.id, in: session)
                try mail(.confirmAddress(user, token), session)
            }
        }
    }

    /// Registers somebody who was invited. Their address counts as verified, as the invitation was read there.
    ///
    /// - Throws: as ``register(email:password:name:from:alongside:)``; ``AuthError/linkRefused`` for an invitation that
    ///   is not good.
    public func accept(
        invitation: String, password: String, name: String? = nil, from origin: RequestOrigin,
        alongside: @escaping NewAccountStep = { _, _ in }
    ) async throws(AuthError) -> User {
        try registration.allow(invited: true)
        let password = try chosen(password)
        // Looked at before anything is hashed: guesses are to cost little.
        let (token, invited) = try await good(invitation, .invitation)
        let user = try newUser(invited.email, name, role: invited.role ?? .user, verified: true)
        let hash = try await hasher.hash(password)
        try await throwingAuthError {
            try await database.write {
                guard try links.redeem(token, .invitation, in: $0) == invited else { throw AuthError.linkRefused }
                try add(user, hash, from: origin, how: "invitation", in: $0)
                try alongside(user, $0)
            }
        }
        return user
    }
}

extension PasswordSignIn {
    /// What a link is good for, without spending it.
    ///
    /// - Throws: ``AuthError/linkRefused``.
    func good(
        _ text: String, _ purpose: OneTimePurpose
    ) async throws(AuthError) -> (token: OneTimeToken, grant: OneTimeGrant) {
        guard let token = OneTimeToken(text) else { throw .linkRefused }
        let grant = try await throwingAuthError {
            try await database.read { try links.find(token, purpose, in: $0) }
        }
        guard let grant else { throw .linkRefused }
        return (token, grant)
    }

    private func newUser(
        _ email: EmailAddress, _ name: String?, role: Role = .user, verified: Bool = false
    ) throws(AuthError) -> User {
        guard !email.isReserved else { throw .emailRefused(.reserved) }
        let now = clock.now()
        return User(
            id: .random(), email: email, name: try UserName.parsed(name), role: role, createdAt: now,
            emailVerifiedAt: verified ? now : nil)
    }

    private func add(
        _ user: User, _ hash: PasswordHash, from origin: RequestOrigin?, how: AuditDetail.Value,
        in session: any WriteSession
    ) throws {
        try users.create(user, passwordHash: hash, in: session)
        let detail: AuditDetail = ["by": how, "role": .text(user.role.rawValue)]
        try audit.append(
            AuditEvent(.accountCreated, of: user.id, by: .user(user.id), from: origin, detail), in: session)
    }
}
