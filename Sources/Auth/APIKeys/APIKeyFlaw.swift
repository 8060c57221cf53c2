/// Why no API key was made.
public enum APIKeyFlaw: Error, Equatable, Sendable {
    case expiresInThePast
    /// The user has as many as anybody may have.
    case tooMany
}

extension APIKeyFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .expiresInThePast: "the key would have expired already: give a time to come, or none"
        case .tooMany: "you have \(APIKeys.mostOfAUser) API keys: revoke one that is not used"
        }
    }
}
