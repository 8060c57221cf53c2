import Storage

/// Users that are no people: nobody reads their mail, and none signs in with a password.
///
/// They are named apart from people: an issuer may have both sign in here, and call a service as it calls a person. A token
/// for a service is not asked what a person is asked, as whether the allowlist has them.
extension Identities {
    /// The user that stands for a service; nil for one that has never been here.
    public func findService(_ subject: String, of issuer: String) async throws(AuthError) -> User? {
        try await find(subject, of: Self.serviceIssuer(issuer))
    }

    /// The user that stands for a service, made at first sight.
    ///
    /// - Parameter register: adds what else a new account needs.
    public func service(
        _ subject: String, of issuer: String, register: (User, any WriteSession) throws -> Void,
        in session: any WriteSession
    ) throws -> User {
        let issuer = Self.serviceIssuer(issuer)
        if let user = try find(subject, of: issuer, in: session) { return user }
        let id = AccountID.random()
        let user = User(
            id: id, email: try EmailAddress("\(id)@service.invalid"), name: UserName(subject),
            role: .service, createdAt: clock.now())
        let identity = OtherIdentity(issuer: issuer, subject: subject, email: nil, isEmailVerified: false)
        return try create(user, for: identity, register: register, in: session)
    }

    /// No issuer's own name has a space.
    private static func serviceIssuer(_ name: String) -> String { "service \(name)" }
}

extension EmailAddress {
    /// Whether it lies in the domain that will never be anybody's (RFC 2606 §2): of users made here, who get no mail.
    public var isReserved: Bool { text.hasSuffix(".invalid") }
}
