import Storage

/// Why somebody was not registered, signed in or let through.
public enum AuthError: Error, Equatable, Sendable {
    /// No such user, or not their password: which one is never said.
    case wrongCredentials
    /// Told only to who has shown to be its user.
    case accountDisabled
    case emailTaken
    case emailRefused(EmailFlaw)
    case passwordRefused(PasswordFlaw)
    case nameRefused
    case tooManyAttempts(retryAfter: Duration)
    /// More passwords are being checked than the machine should bear.
    case overloaded
    /// The flaw is for the log; every refused token gets the same answer.
    case tokenRefused(TokenFlaw)
    /// The token's session was signed out, has expired, or its user is gone.
    case sessionEnded
    /// Unknown, wrong, expired or revoked: one answer for all.
    case apiKeyRefused
    case apiKeyNotMade(APIKeyFlaw)
    case unavailable(reason: String)
}

extension AuthError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongCredentials: "the e-mail address or the password is wrong: check both and try again"
        case .accountDisabled: "this account is disabled: ask those who run the service"
        case .emailTaken: "this e-mail address is registered: sign in, or use another one"
        case .emailRefused(let flaw): flaw.description
        case .passwordRefused(let flaw): flaw.description
        case .nameRefused: "the name is empty, too long or has control characters: use 1 to \(UserName.longest) letters"
        case .tooManyAttempts(let wait): "too many attempts: try again in \(wait.components.seconds + 1) s"
        case .overloaded: "too many people are signing in: try again in a few seconds"
        case .tokenRefused: "the access token is not valid: sign in again"
        case .sessionEnded: "the session has ended: sign in again"
        case .apiKeyRefused: "the API key is not valid: check that it is whole, or make a new one"
        case .apiKeyNotMade(let flaw): flaw.description
        case .unavailable(let reason): "sign-in is not available (\(reason)): safe to retry"
        }
    }
}

/// Names what came out of a transaction; ``AuthError``s pass as they are.
func throwingAuthError<Value>(_ work: () async throws -> Value) async throws(AuthError) -> Value {
    do {
        return try await work()
    } catch let error as AuthError {
        throw error
    } catch {
        throw .unavailable(reason: String(describing: error))
    }
}
