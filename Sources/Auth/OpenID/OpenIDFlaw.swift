/// Why a sign-in with somebody else's word came to nothing. The finer reasons are for the log; the answers tell the
/// user what to do, and nobody which check failed.
public enum OpenIDFlaw: Error, Equatable, Sendable {
    case unknownProvider
    /// The `state` is missing, unknown, used before or older than ten minutes, or another browser's or provider's.
    case notBegunHere
    /// Not in the form or by the way the provider answers.
    case answer
    /// The answer names another issuer than the one that was asked, or none where it must (RFC 9207).
    case issuer
    /// The user, or the provider for them, said no.
    case declined
    /// The provider did not take the code.
    case code
    /// The provider does not take our client id or secret: for the operator.
    case client
    case token(TokenFlaw)
    /// The token was not made for this sign-in.
    case nonce
    /// The token was made for another client of the provider.
    case party
    case emailMissing
    case emailUnverified
    /// A user has this e-mail address, and may not be linked.
    case accountExists
}

extension OpenIDFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownProvider: "there is no such sign-in provider: choose one that the sign-in page shows"
        case .notBegunHere: "this sign-in was not begun in this browser, or is over: begin it again"
        case .declined: "the sign-in was declined: begin it again, or sign in another way"
        case .client: "the provider refuses this service: tell its operator"
        case .answer, .issuer, .code, .token, .nonce, .party:
            "the provider's answer was not accepted: begin the sign-in again"
        case .emailMissing: "the provider told no e-mail address: allow it there, then begin again"
        case .emailUnverified: "the provider has not verified the e-mail address: verify it there, then begin again"
        case .accountExists: "this e-mail address has an account here: sign in the way you did before"
        }
    }
}
