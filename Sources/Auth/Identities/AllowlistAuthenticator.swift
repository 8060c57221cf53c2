import Storage

/// Asks at every request whether the user is still on the list: who is taken off is out at once, with every token,
/// cookie and key they have. One more read of the database, and none without a list.
///
/// Whose address is not verified is not on it: anybody can register with an address that is.
///
/// It is about people: services and the developer are let in by the operator by name.
public struct AllowlistAuthenticator: Authenticator {
    private let inner: any Authenticator
    private let users: Users
    private let allowlist: EmailAllowlist

    public init(_ inner: any Authenticator, database: any Database, allowlist: EmailAllowlist) {
        (self.inner, users, self.allowlist) = (inner, Users(database), allowlist)
    }

    /// - Throws: ``AuthError/emailNotAllowed``, and what the inner one throws.
    public func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
        guard let principal = try await inner.authenticate(credentials) else { return nil }
        guard !allowlist.allowsEverybody, principal.method.isOfPeople else { return principal }
        guard let user = try await users.find(principal.user) else { throw .sessionEnded }
        guard user.emailVerifiedAt != nil, allowlist.allows(user.email) else { throw .emailNotAllowed }
        return principal
    }
}

extension Principal.Method {
    fileprivate var isOfPeople: Bool {
        switch self {
        case .bearer, .cookie, .apiKey, .access: true
        case .service, .development: false
        }
    }
}
