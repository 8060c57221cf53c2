import Storage

/// Signing in with the word of a provider: the authorization code flow with PKCE, for one browser and once.
///
/// ```swift
/// let redirect = try await openID.begin("google", next: "/library", cookies: cookieHeaders)
/// // … the browser comes back to /auth/callback/google …
/// let arrival = try await openID.finish("google", answer: OpenIDAnswer(query, mode: .query), cookies: cookieHeaders)
/// let (user, session) = try await openID.signIn(arrival, with: identities, sessions: sessions, policy: policy)
/// ```
///
/// Source: OpenID Connect Core 1.0 §3.1; RFC 6749 §4.1; RFC 7636; RFC 9207; RFC 9700 (best current practice).
public struct OpenIDSignIn: Sendable {
    /// In the operator's order, for the sign-in page.
    public let providers: [OpenIDProvider]
    let callback: String
    private let discoveries: [String: OpenIDDiscovery]
    let flows: OpenIDFlows
    let transport: any OpenIDTransport
    let database: any Database
    let clock: any WallClock

    /// - Parameters:
    ///   - callback: from the configuration, never from a request: `https://host/auth/callback`, to which the
    ///     provider's name is added. `http` only to this machine.
    /// - Throws: ``OpenIDProviderFlaw/duplicate``, ``OpenIDProviderFlaw/callback``.
    public init(
        _ providers: [OpenIDProvider], callback: String, transport: any OpenIDTransport, database: any Database,
        clock: any WallClock = SystemClock()
    ) throws(OpenIDProviderFlaw) {
        guard Set(providers.map(\.name)).count == providers.count,
            Set(providers.map(\.issuer)).count == providers.count
        else { throw .duplicate }
        guard ForeignIssuer.isSafe(callback), !callback.hasSuffix("/"), !callback.contains("?") else {
            throw .callback
        }
        (self.providers, self.callback, self.transport) = (providers, callback, transport)
        (self.database, self.clock) = (database, clock)
        flows = OpenIDFlows(database: database, clock: clock)
        discoveries = Dictionary(
            uniqueKeysWithValues: providers.map {
                ($0.name, OpenIDDiscovery($0.issuer, transport: transport, clock: clock))
            })
    }

    /// Where to send the browser, and the cookie to give it along.
    ///
    /// - Parameters:
    ///   - next: where the browser wants to be in the end; see ``OwnPath``.
    ///   - cookies: the request's `Cookie` headers: sign-ins of one browser do not disturb each other.
    /// - Throws: ``AuthError/openID(_:)`` with ``OpenIDFlaw/unknownProvider``; ``AuthError/unavailable(reason:)``.
    public func begin(
        _ name: String, next: String? = nil, cookies: [String] = []
    ) async throws(AuthError) -> OpenIDRedirect {
        let (provider, discovery) = try find(name)
        let configuration = try await discovery.current().configuration
        let cookie = OpenIDCookie(in: cookies, for: provider.answerMode) ?? .random()
        let flow = try await throwingAuthError {
            try await database.write {
                try flows.begin(with: provider.name, cookie: cookie, next: OwnPath(next: next), in: $0)
            }
        }
        return OpenIDRedirect(
            url: question(to: provider, at: configuration.authorizationEndpoint, flow: flow.id, cookie: cookie),
            cookie: .openID(cookie, for: provider.answerMode))
    }

    /// Checks what the browser brought, redeems the code and checks the token.
    ///
    /// - Parameter name: the provider at whose callback the answer came.
    /// - Throws: ``AuthError/openID(_:)``; ``AuthError/unavailable(reason:)``. Either way the answer is used up.
    public func finish(
        _ name: String, answer: OpenIDAnswer, cookies: [String]
    ) async throws(AuthError) -> OpenIDArrival {
        let (provider, discovery) = try find(name)
        guard answer.mode == provider.answerMode else { throw .openID(.answer) }
        let cookie = OpenIDCookie(in: cookies, for: provider.answerMode)
        let flow = try await take(answer, cookie: cookie, at: provider)
        guard let cookie else { throw .openID(.notBegunHere) }
        let found = try await discovery.current()
        // Before anything else the answer says: it may be another provider's (RFC 9207 §2.4).
        guard isIssuer(answer.issuer, of: provider, found.configuration) else { throw .openID(.issuer) }
        guard answer.error == nil else { throw .openID(.declined) }
        guard let code = answer.code else { throw .openID(.answer) }
        let token = try await redeem(
            code, with: provider, proof: cookie.proof(of: flow.id), configuration: found.configuration)
        let claims = try await IDTokenRules(provider: provider, clock: clock).claims(
            of: token, nonce: cookie.nonce(of: flow.id), keys: found.keys)
        return OpenIDArrival(
            identity: OtherIdentity(claims, name: answer.name), next: flow.next, flow: flow.id)
    }

    /// Forgets sign-ins that nobody finished; for the service's upkeep.
    /// - Returns: how many.
    @discardableResult
    public func removeExpired() async throws(AuthError) -> Int {
        try await flows.removeExpired()
    }
}

extension OpenIDSignIn {
    private func find(_ name: String) throws(AuthError) -> (OpenIDProvider, OpenIDDiscovery) {
        guard let provider = providers.first(where: { $0.name.isSpelled(name) }),
            let discovery = discoveries[provider.name]
        else { throw .openID(.unknownProvider) }
        return (provider, discovery)
    }

    private func take(
        _ answer: OpenIDAnswer, cookie: OpenIDCookie?, at provider: OpenIDProvider
    ) async throws(AuthError) -> OpenIDFlow {
        guard let state = answer.state, let id = Identifier<OpenIDFlow>(state), id.text.isSpelled(state) else {
            throw .openID(.notBegunHere)
        }
        let outcome = try await throwingAuthError {
            try await database.write { try flows.take(id, cookie: cookie, at: provider.name, in: $0) }
        }
        guard case .taken(let flow) = outcome else { throw .openID(.notBegunHere) }
        return flow
    }

    private func isIssuer(
        _ named: String?, of provider: OpenIDProvider, _ configuration: OpenIDConfiguration
    ) -> Bool {
        named?.isSpelled(provider.issuer) ?? !configuration.namesIssuerInAnswers
    }
}
