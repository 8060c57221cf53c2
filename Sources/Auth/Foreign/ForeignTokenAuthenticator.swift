import Storage

/// Lets a service through that brings a good token of an issuer the operator trusts (``ForeignTokens``), as a user of
/// its own, made at first sight of an issuer's subject. One read of the database.
///
/// Such a user has an address nobody reads and no password, and stays the same whatever e-mail a token claims: no
/// issuer can take over a person's account, nor that of a person who signs in with its word.
public struct ForeignTokenAuthenticator: Authenticator {
    /// Bytes of a subject.
    public static let longestSubject = 255

    private let database: any Database
    private let tokens: ForeignTokens
    private let identities: Identities
    private let register: @Sendable (User, any WriteSession) throws -> Void
    private let clock: any WallClock

    /// - Parameter register: adds what else a new account needs, in the same transaction.
    public init(
        _ database: any Database, tokens: ForeignTokens, identities: Identities, clock: any WallClock = SystemClock(),
        register: @escaping @Sendable (User, any WriteSession) throws -> Void = { _, _ in }
    ) {
        (self.database, self.tokens, self.identities) = (database, tokens, identities)
        (self.register, self.clock) = (register, clock)
    }

    /// - Returns: nil for a token that does not say it is by one of the issuers: it may be one of our own.
    /// - Throws: ``AuthError/tokenRefused(_:)``; ``AuthError/unavailable(reason:)`` while the keys have never been fetched.
    public func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
        guard let token = credentials.bearerToken, tokens.isAddressed(by: token) else { return nil }
        let claims = try await tokens.verify(token)
        let scopes = try scopes(of: claims)
        guard claims.subject.utf8.count <= Self.longestSubject else { throw .tokenRefused(.subject) }
        let user = try await user(of: claims).enabled()
        return Principal(
            user: user.id, role: user.role, session: nil, method: .service,
            authenticatedAt: claims.time("iat") ?? clock.now(),
            scopes: scopes)
    }

    /// Words with spaces between (RFC 8693 §4.2), or a list of them; all without the claim. One that is no word of ours
    /// is nothing we could grant.
    private func scopes(of claims: TokenClaims) throws(AuthError) -> Scopes {
        guard claims.has("scope") else { return .all }
        guard let texts = claims.texts("scope") else { throw .tokenRefused(.claims) }
        return .only(Set(texts.flatMap { $0.split(separator: " ") }.compactMap { Scope(String($0)) }))
    }

    private func user(of claims: TokenClaims) async throws(AuthError) -> User {
        let (subject, issuer) = (claims.subject, claims.issuer)
        if let known = try await identities.findService(subject, of: issuer) { return known }
        return try await throwingAuthError {
            try await database.write {
                try identities.service(subject, of: issuer, register: register, in: $0)
            }
        }
    }
}
