import Auth
import Storage

/// Signing in with the word of a provider.
extension SignIn {
    /// In the operator's order, for the sign-in page.
    public var providers: [OpenIDProvider] { openID?.providers ?? [] }

    /// Where to send the browser, and the cookie to give it along.
    ///
    /// - Parameters:
    ///   - next: where it wants to be in the end; another site's address leads home.
    ///   - cookies: the request's `Cookie` headers.
    public func begin(
        _ provider: String, next: String?, cookies: [String], from origin: RequestOrigin
    ) async throws -> OpenIDRedirect {
        try await explained {
            try await attempts.countRedirect(from: origin.address)
            return try await known(provider).begin(provider, next: next, cookies: cookies)
        }
    }

    /// Who comes back from a provider is signed in; at first sight with an account of their own.
    ///
    /// - Parameters:
    ///   - text: the query of the address, or the body of the posted form, as it came.
    ///   - old: the session's cookie the browser came with.
    /// - Returns: the cookie of the new session, and where to go.
    public func finish(
        _ provider: String, answer text: String, _ mode: OpenIDProvider.AnswerMode, cookies: [String],
        replacing old: String?, from origin: RequestOrigin
    ) async throws -> (cookie: SetCookie, next: OwnPath) {
        try await counted("openid") {
            let openID = try known(provider)
            let arrival = try await openID.finish(provider, answer: try Self.answer(text, mode), cookies: cookies)
            let (user, cookie) = try await database.write { session in
                let (user, started) = try openID.signIn(
                    arrival, with: identities, sessions: sessions, policy: identityPolicy, on: origin.device,
                    in: session)
                try audit.append(
                    AuditEvent(
                        .signedInElsewhere, of: user.id, by: .user(user.id), from: origin, ["provider": .text(provider)]
                    ),
                    in: session)
                return (user, try self.cookie(of: started, replacing: old, in: session))
            }
            // Whoever is known from here is not shut out with a password either, however many strangers guess at it.
            await attempts.remember(user.email, from: origin.address)
            return (cookie, arrival.next)
        }
    }

    private static func answer(
        _ text: String, _ mode: OpenIDProvider.AnswerMode
    ) throws(AuthError) -> OpenIDAnswer {
        do throws(OpenIDFlaw) { return try OpenIDAnswer(text, mode: mode) } catch { throw .openID(error) }
    }

    private func known(_ provider: String) throws(AuthError) -> OpenIDSignIn {
        guard let openID else { throw .openID(.unknownProvider) }
        return openID
    }
}
