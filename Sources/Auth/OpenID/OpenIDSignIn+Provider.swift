import Storage

/// What is said to the provider: the question by way of the browser, and the code that came back.
extension OpenIDSignIn {
    /// One for each provider: an answer of one cannot come as another's.
    private func redirectURI(of provider: OpenIDProvider) -> String { "\(callback)/\(provider.name)" }

    func question(
        to provider: OpenIDProvider, at endpoint: String, flow: Identifier<OpenIDFlow>, cookie: OpenIDCookie
    ) -> String {
        var fields = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirectURI(of: provider)),
            ("scope", provider.scopes.joined(separator: " ")), ("state", flow.text), ("nonce", cookie.nonce(of: flow)),
            ("code_challenge", cookie.proof(of: flow).challenge), ("code_challenge_method", ProofKey.method),
        ]
        if provider.answerMode == .form { fields.append(("response_mode", "form_post")) }
        return "\(endpoint)\(endpoint.contains("?") ? "&" : "?")\(FormFields.encode(fields))"
    }

    /// - Returns: the ID token, of which nothing is checked yet.
    func redeem(
        _ code: String, with provider: OpenIDProvider, proof: ProofKey, configuration: OpenIDConfiguration
    ) async throws(AuthError) -> String {
        let secret: String?
        do throws(SigningKeyError) {
            secret = try provider.secret.text(for: provider, at: clock.now())
        } catch {
            throw .unavailable(reason: error.description)
        }
        let request = OpenIDTokenRequest(
            code: code, proof: proof, redirectURI: redirectURI(of: provider), provider: provider, secret: secret,
            configuration: configuration)
        do {
            return try await transport.exchange(request, upTo: OpenIDTokenAnswer.longest).idToken()
        } catch let flaw as OpenIDFlaw {
            throw .openID(flaw)
        } catch {
            throw .unavailable(reason: "\(provider.issuer) did not answer the token request")
        }
    }
}
