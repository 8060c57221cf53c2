import Storage

/// Who somebody is elsewhere: `subject` as `issuer` calls them. The token that says so was checked.
public struct OtherIdentity: Sendable, Equatable {
    public let issuer: String
    /// Never given to somebody else by the issuer; the e-mail address may be.
    public let subject: String
    /// Nil too for a text that is no address.
    public let email: EmailAddress?
    /// The issuer says that they read mail at ``email``.
    public let isEmailVerified: Bool
    public let name: UserName?

    public init(issuer: String, subject: String, email: EmailAddress?, isEmailVerified: Bool, name: UserName? = nil) {
        (self.issuer, self.subject, self.name) = (issuer, subject, name)
        (self.email, self.isEmailVerified) = (email, isEmailVerified)
    }

    /// - Parameter name: for a token without one.
    init(_ claims: TokenClaims, name: UserName?) {
        self.init(
            issuer: claims.issuer, subject: claims.subject,
            email: claims.text("email").flatMap { try? EmailAddress($0) },
            // Apple writes the flag as text.
            isEmailVerified: claims.flag("email_verified") ?? (claims.text("email_verified") == "true"),
            name: claims.text("name").flatMap { UserName($0) } ?? name)
    }
}
