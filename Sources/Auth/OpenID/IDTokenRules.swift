import Storage
import StrictJSON

/// What an ID token must be: signed by its provider's key, and made for us, for this sign-in, now.
///
/// Source: OpenID Connect Core 1.0 §3.1.3.7.
struct IDTokenRules: Sendable {
    /// Bytes of a subject (OpenID Connect Core 1.0 §2).
    static let longestSubject = 255

    let provider: OpenIDProvider
    let clock: any WallClock

    /// - Throws: ``AuthError/openID(_:)``; ``AuthError/unavailable(reason:)`` while the provider's keys have never been
    ///   fetched.
    func claims(of token: String, nonce: String, keys: KeySource) async throws(AuthError) -> TokenClaims {
        let opened = try refusing { () throws(TokenFlaw) in try CompactJWS(token) }
        // Whoever can check a symmetric signature can make one, and a public key is no secret.
        guard let algorithm = opened.algorithm, !algorithm.isSymmetric else { throw .openID(.token(.algorithm)) }
        try await check(opened, with: keys)
        let claims = try refusing { () throws(TokenFlaw) in try rules.claims(of: opened) }
        guard claims.time("iat") != nil, claims.subject.utf8.count <= Self.longestSubject else {
            throw .openID(.token(.claims))
        }
        guard isForUs(claims) else { throw .openID(.party) }
        guard let named = claims.text("nonce"), Secret(Array(named.utf8)) == Secret(Array(nonce.utf8)) else {
            throw .openID(.nonce)
        }
        return claims
    }

    private var rules: TokenRules {
        TokenRules(
            issuer: provider.issuer, audience: provider.clientID, types: .identity, clock: clock,
            leeway: TokenVerifier.largestLeeway)
    }

    /// A token for several clients says which of them asked for it.
    private func isForUs(_ claims: TokenClaims) -> Bool {
        if claims.has("azp") { return claims.text("azp")?.isSpelled(provider.clientID) == true }
        return claims.texts("aud")?.count == 1
    }

    private func check(_ token: CompactJWS, with keys: KeySource) async throws(AuthError) {
        var key = try await key(of: token, in: keys)
        if token.header["kid"] == nil, let only = key, (try? token.check(with: only)) == nil {
            key = try await self.key(of: token, in: keys, isStale: true)
        }
        try refusing { () throws(TokenFlaw) in
            guard let key else { throw .unknownKey }
            try token.check(with: key)
        }
    }

    private func key(
        of token: CompactJWS, in keys: KeySource, isStale: Bool = false
    ) async throws(AuthError) -> VerificationKey? {
        do throws(KeySourceError) {
            guard token.header["kid"] != nil else { return try await keys.onlyKey(isStale: isStale) }
            guard let id = token.keyID, (1...JSONWebKey.longestID).contains(id.utf8.count) else { return nil }
            return try await keys.key(named: id)
        } catch {
            throw .unavailable(reason: "the keys of \(provider.issuer) were not fetched yet")
        }
    }

    private func refusing<Value>(_ work: () throws(TokenFlaw) -> Value) throws(AuthError) -> Value {
        do throws(TokenFlaw) {
            return try work()
        } catch {
            throw .openID(.token(error))
        }
    }
}
