import Auth
import Logging

extension ServiceError {
    init(_ error: AuthError) {
        let message = error.description
        switch error {
        case .wrongCredentials, .accountDisabled, .tokenRefused, .sessionEnded, .apiKeyRefused:
            self = .unauthorized(message)
        case .openID(.unknownProvider): self = .notFound("sign-in provider")
        case .openID(.accountExists): self = .conflict(message)
        case .openID: self = .unauthorized(message)
        case .emailNotAllowed: self = .forbidden(message)
        case .registrationClosed, .invitationNeeded: self = .forbidden(message)
        case .linkRefused: self = .invalid(field: "token", message)
        case .emailTaken: self = .conflict(message)
        case .emailRefused: self = .invalid(field: "email", message)
        case .passwordRefused: self = .invalid(field: "password", message)
        case .nameRefused: self = .invalid(field: "name", message)
        case .apiKeyNotMade(.tooMany): self = .conflict(message)
        case .apiKeyNotMade(.expiresInThePast): self = .invalid(field: "expires_at", message)
        case .tooManyAttempts(let wait): self = .rateLimited(retryAfter: wait, message)
        case .overloaded: self = .unavailable(message)
        case .unavailable: self = .unavailable("sign-in is not available now: try again in a minute")
        }
    }
}

/// What ``Auth`` refuses, in the service's words.
///
/// - Parameter logger: is told what the answer does not say: why somebody was refused, or what is away.
func translated<Value>(telling logger: Logger? = nil, _ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as AuthError {
        switch error {
        case .tokenRefused(let flaw): logger?.info("token refused", metadata: ["reason": "\(flaw)"])
        case .openID(let flaw): logger?.notice("sign-in with a provider refused", metadata: ["reason": "\(flaw)"])
        case .unavailable(let reason): logger?.error("sign-in is not available", metadata: ["reason": "\(reason)"])
        default: break
        }
        throw ServiceError(error)
    }
}
