import Storage
import StrictJSON

/// What a token must say besides being signed: of this type, by this issuer, for this audience, about somebody, and
/// valid now (RFC 7519 §4.1, RFC 8725 §3.8–3.11).
struct TokenRules: Sendable {
    let issuer: String
    let audience: String
    let types: TokenTypes
    let clock: any WallClock
    let leeway: Duration

    /// - Parameter token: its signature was checked.
    func claims(of token: CompactJWS) throws(TokenFlaw) -> TokenClaims {
        guard types.contain(token.header["typ"]) else { throw .type }
        guard let claims = JSONObject(reading: token.payload, within: CompactJWS.limits) else { throw .malformed }
        guard claims["iss"]?.string?.isSpelled(issuer) == true else { throw .issuer }
        guard names(claims["aud"]) else { throw .audience }
        guard let subject = claims["sub"]?.string, !subject.isEmpty else { throw .subject }
        return TokenClaims(issuer: issuer, subject: subject, expiresAt: try validTimes(claims), others: claims)
    }

    private func names(_ claim: JSONValue?) -> Bool {
        switch claim {
        case .string(let name): name.isSpelled(audience)
        case .array(let values):
            values.allSatisfy { $0.string != nil } && values.contains { $0.string?.isSpelled(audience) == true }
        default: false
        }
    }

    /// - Returns: when the token expires.
    private func validTimes(_ claims: JSONObject) throws(TokenFlaw) -> Timestamp {
        let now = clock.now()
        guard let expiry = try time("exp", of: claims) else { throw .claims }
        guard now < expiry else { throw .expired }
        for name in ["nbf", "iat"] {
            if let start = try time(name, of: claims), start > now + leeway { throw .notYetValid }
        }
        return expiry
    }

    private func time(_ name: String, of claims: JSONObject) throws(TokenFlaw) -> Timestamp? {
        guard let claim = claims[name] else { return nil }
        guard let time = claim.timestamp else { throw .claims }
        return time
    }
}

/// Which `typ` a token may have, so that one kind is not taken for another (RFC 8725 §3.11).
public enum TokenTypes: Sendable {
    /// `JWT`, as our own have.
    case own
    /// `JWT`, `at+jwt` (RFC 9068), or none: other issuers' access and identity tokens, but no logout or proof tokens.
    case foreign
    /// `JWT` or none: other issuers' identity tokens.
    case identity

    func contain(_ member: JSONValue?) -> Bool {
        guard let member else { return self != .own }
        guard let name = member.string else { return false }
        return switch self {
        case .own: name.isSpelled("JWT")
        case .identity: name.lowercased().isSpelled("jwt")
        case .foreign: ["jwt", "at+jwt", "application/at+jwt"].contains { name.lowercased().isSpelled($0) }
        }
    }
}
