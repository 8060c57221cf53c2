import Storage

/// Lets through whom Cloudflare Access let through, by its signed assertion; its plain header with the e-mail address
/// is never looked at. The user is made at first sight. One read of the database.
///
/// The keys change every six weeks, and the old one is good for a week more: they are fetched when a new one shows up.
/// The assertion stands for a cookie of the browser: see ``Principal/Method/isSentByBrowsers``.
public struct AccessAssertionAuthenticator: Authenticator {
    private let database: any Database
    private let tokens: ForeignTokens
    private let identities: Identities
    private let policy: IdentityPolicy
    private let clock: any WallClock

    public init(
        _ database: any Database, access: CloudflareAccess, fetcher: any KeySetFetcher, identities: Identities,
        policy: IdentityPolicy, clock: any WallClock = SystemClock()
    ) {
        (self.database, self.identities, self.policy, self.clock) = (database, identities, policy, clock)
        tokens = ForeignTokens([access.issuer], fetcher: fetcher, clock: clock)
    }

    /// - Throws: ``AuthError/tokenRefused(_:)``; ``AuthError/accountDisabled``; ``AuthError/unavailable(reason:)`` while the keys have never been fetched;
    ///   what ``Identities/resolve(_:policy:in:)`` throws.
    public func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
        // The header first, and alone: a bad one is not made good by a cookie.
        guard let assertion = credentials.accessAssertion ?? credentials.accessCookie else { return nil }
        guard (try? CompactJWS(assertion))?.algorithm == .rs256 else { throw .tokenRefused(.algorithm) }
        let claims = try await tokens.verify(assertion)
        let user = try await user(of: claims).enabled()
        return Principal(
            user: user.id, role: user.role, session: nil, method: .access,
            authenticatedAt: claims.time("iat") ?? clock.now())
    }

    private func user(of claims: TokenClaims) async throws(AuthError) -> User {
        if let known = try await identities.find(claims.subject, of: claims.issuer) { return known }
        // Access asked the identity provider, and lets only verified addresses through.
        let identity = OtherIdentity(
            issuer: claims.issuer, subject: claims.subject,
            email: claims.text("email").flatMap { try? EmailAddress($0) }, isEmailVerified: true,
            name: claims.text("name").flatMap { UserName($0) })
        return try await throwingAuthError {
            try await database.write { try identities.resolve(identity, policy: policy, in: $0) }
        }
    }
}
