import Storage

/// Checks a JSON Web Token (RFC 7519, RFC 8725): signed by a key of ours, of type `JWT`, by this issuer, for this
/// audience, about somebody, and valid now.
public struct TokenVerifier: Sendable {
    /// How far a clock may be ahead of ours.
    public static let largestLeeway = Duration.seconds(60)

    private let keys: KeySet
    private let rules: TokenRules

    /// - Parameters:
    ///   - issuer: compared byte by byte, like `audience`, which must be the token's `aud` or one of them.
    ///   - leeway: for `nbf` and `iat`, at most 60 s; `exp` gets none.
    public init(
        keys: KeySet, issuer: String, audience: String, clock: any WallClock = SystemClock(),
        leeway: Duration = largestLeeway
    ) {
        precondition((.zero...Self.largestLeeway).contains(leeway), "leeway is 0 to 60 s")
        self.keys = keys
        rules = TokenRules(issuer: issuer, audience: audience, types: .own, clock: clock, leeway: leeway)
    }

    /// The claims of a token that is good now.
    public func verify(_ token: String) throws(TokenFlaw) -> TokenClaims {
        try rules.claims(of: CompactJWS.open(token, with: keys))
    }
}
