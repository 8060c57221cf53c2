/// What is wrong with a token. For logs and tests: whoever sent it learns only that it is refused.
public enum TokenFlaw: Error, Equatable, Sendable, CaseIterable {
    /// Not three parts of strict base64url, longer than we read, or not the JSON it must be.
    case malformed
    /// The header asks for something we do not do, or carries a key of its own.
    case header
    case unknownKey
    /// The header names another algorithm than the key's.
    case algorithm
    case signature
    /// Not this kind of token.
    case type
    case issuer
    case audience
    case subject
    case expired
    case notYetValid
    /// A claim this service needs is missing.
    case claims
}

extension TokenFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed: "the token is not in compact form: send it as it was issued"
        case .header: "the token's header has members that are not accepted: use a plain signed token"
        case .unknownKey: "the token names no known key: sign in again"
        case .algorithm: "the token's algorithm is not its key's: use a token of this service"
        case .signature: "the token's signature does not fit: send it as it was issued"
        case .type: "this is another kind of token: send an access token"
        case .issuer: "the token is from another issuer: use a token of this service"
        case .audience: "the token is for another audience: use a token of this service"
        case .subject: "the token names nobody: sign in again"
        case .expired: "the token has expired: sign in again"
        case .notYetValid: "the token is not valid yet: check the clocks"
        case .claims: "the token lacks a claim: sign in again"
        }
    }
}
