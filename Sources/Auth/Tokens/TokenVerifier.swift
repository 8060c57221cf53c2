import Storage

/// Checks a JSON Web Token (RFC 7519, RFC 8725): signed by a key of ours, of type `JWT`, by this issuer, for this
/// audience, about somebody, and valid now.
public struct TokenVerifier: Sendable {
    /// How far a clock may be ahead of ours.
    public static let largestLeeway = Duration.seconds(60)

    let keys: KeySet
    private let issuer: String
    private let audience: String
    private let clock: any WallClock
    private let leeway: Duration

    /// - Parameters:
    ///   - issuer: compared byte by byte, like `audience`, which must be the token's `aud` or one of them.
    ///   - leeway: for `nbf` and `iat`, at most 60 s; `exp` gets none.
    public init(
        keys: KeySet, issuer: String, audience: String, clock: any WallClock = SystemClock(),
        leeway: Duration = largestLeeway
    ) {
        precondition((.zero...Self.largestLeeway).contains(leeway), "leeway is 0 to 60 s")
        (self.keys, self.issuer, self.audience) = (keys, issuer, audience)
        (self.clock, self.leeway) = (clock, leeway)
    }

    /// The claims of a token that is good now.
    public func verify(_ token: String) throws(TokenFlaw) -> TokenClaims {
        let opened = try CompactJWS.open(token, with: keys)
        guard let type = opened.header["typ"]?.string, type.isSpelled("JWT") else { throw .type }
        guard let claims = StrictJSON.object(opened.payload) else { throw .malformed }
        guard claims["iss"]?.string?.isSpelled(issuer) == true else { throw .issuer }
        guard names(claims["aud"]) else { throw .audience }
        guard let subject = claims["sub"]?.string, !subject.isEmpty else { throw .subject }
        return TokenClaims(subject: subject, expiresAt: try validTimes(claims), others: claims)
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

    /// Seconds since 1970, with or without a fraction, up to the year 9999. Nil if there is none.
    private func time(_ name: String, of claims: JSONObject) throws(TokenFlaw) -> Timestamp? {
        guard let claim = claims[name] else { return nil }
        guard case .number(let seconds) = claim, (0...253_402_300_799).contains(seconds) else { throw .claims }
        return Timestamp(milliseconds: Int64(seconds * 1000))
    }
}

/// What a token says that was checked.
public struct TokenClaims: Sendable {
    public let subject: String
    public let expiresAt: Timestamp
    fileprivate let others: JSONObject

    /// A claim that is text.
    public func text(_ name: String) -> String? { others[name]?.string }
}
