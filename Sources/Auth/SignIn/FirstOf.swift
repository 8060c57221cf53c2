/// Several ways to sign in, in order: the first that finds credentials of its kind decides, and its refusal is final.
///
/// A request with a good cookie and a bad token is refused: whoever sends a token means it.
public struct FirstOf: Authenticator {
    private let authenticators: [any Authenticator]

    /// - Parameter authenticators: ``APIKeyAuthenticator`` before ``BearerAuthenticator``, as both read bearer tokens.
    public init(_ authenticators: [any Authenticator]) {
        self.authenticators = authenticators
    }

    public func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
        for authenticator in authenticators {
            if let principal = try await authenticator.authenticate(credentials) { return principal }
        }
        return nil
    }
}
