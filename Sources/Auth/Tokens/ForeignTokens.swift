import Storage
import StrictJSON

/// Checks tokens of the foreign issuers an operator trusts (`WAXWING_JWT_ISSUERS`): each by its own keys, for its own
/// audience. Only public-key algorithms: RS256, PS256, ES256, EdDSA.
public struct ForeignTokens: Sendable {
    private let trusted: [Trusted]

    private struct Trusted: Sendable {
        let rules: TokenRules
        let keys: KeySource
    }

    /// - Parameters:
    ///   - issuers: each once, as ``ForeignIssuer/list(_:besides:)`` gives them.
    ///   - leeway: for `nbf` and `iat`, at most 60 s; `exp` gets none.
    public init(
        _ issuers: [ForeignIssuer], fetcher: any KeySetFetcher, clock: any WallClock = SystemClock(),
        leeway: Duration = TokenVerifier.largestLeeway
    ) {
        precondition((.zero...TokenVerifier.largestLeeway).contains(leeway), "leeway is 0 to 60 s")
        trusted = issuers.map { issuer in
            Trusted(
                rules: TokenRules(
                    issuer: issuer.issuer, audience: issuer.audience, types: .foreign, clock: clock, leeway: leeway),
                keys: KeySource(clock: clock) { try await issuer.document(fetcher) })
        }
    }

    /// Whether a token says it is by one of these issuers; what else it says is not looked at.
    public func isAddressed(by token: String) -> Bool {
        (try? CompactJWS(token)).flatMap(issuer) != nil
    }

    /// The claims of a token that is good now.
    ///
    /// - Throws: ``AuthError/tokenRefused(_:)``; ``AuthError/unavailable(reason:)`` while its issuer's keys have never
    ///   been fetched.
    public func verify(_ token: String) async throws(AuthError) -> TokenClaims {
        let opened = try refusing { () throws(TokenFlaw) in try CompactJWS(token) }
        guard let issuer = issuer(of: opened) else { throw .tokenRefused(.issuer) }
        // Before any fetch: a token that no key could fit costs the issuer nothing.
        guard let algorithm = opened.algorithm, !algorithm.isSymmetric else { throw .tokenRefused(.algorithm) }
        let key = try await key(opened.keyID, of: issuer)
        return try refusing { () throws(TokenFlaw) in
            guard let key else { throw .unknownKey }
            try opened.check(with: key)
            return try issuer.rules.claims(of: opened)
        }
    }

    private func issuer(of token: CompactJWS) -> Trusted? {
        let named = JSONObject(reading: token.payload, within: CompactJWS.limits)?["iss"]?.string
        return named.flatMap { name in trusted.first { $0.rules.issuer.isSpelled(name) } }
    }

    private func key(_ id: String?, of issuer: Trusted) async throws(AuthError) -> VerificationKey? {
        guard let id, (1...JSONWebKey.longestID).contains(id.utf8.count) else { return nil }
        do throws(KeySourceError) {
            return try await issuer.keys.key(named: id)
        } catch {
            throw .unavailable(reason: "the keys of \(issuer.rules.issuer) were not fetched yet")
        }
    }

    private func refusing<Value>(_ work: () throws(TokenFlaw) -> Value) throws(AuthError) -> Value {
        do throws(TokenFlaw) {
            return try work()
        } catch {
            throw .tokenRefused(error)
        }
    }
}

extension ForeignIssuer {
    /// The key set as it is published.
    public func document(_ fetcher: any KeySetFetcher) async throws -> [UInt8] {
        switch keys {
        case .url(let url): try await fetcher.keySet(at: url, upTo: JSONWebKeySet.longest)
        case .file(let path): try await KeySetFile.read(path)
        }
    }
}
