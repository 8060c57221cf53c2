import Storage

/// What a key of the installation is for; it is good for nothing else.
public enum KeyUse: String, Sendable, CaseIterable {
    /// Access tokens.
    case signing
    /// Expiring links to objects.
    case link
    /// The children of refresh tokens.
    case refresh
    /// Messages to receivers who know a secret of ours.
    case webhook
}

extension KeyUse {
    /// How long a retired key is still accepted after the next one has begun to sign: as long as anything lives that was
    /// signed with it.
    public var overlap: Duration {
        switch self {
        case .signing: AccessTokens.life + TokenVerifier.largestLeeway
        case .link: .seconds(7 * 24 * 60 * 60 + 60)
        // A spent token finds its child again by the key for some seconds only; a key kept longer does no harm.
        case .refresh: .seconds(30 * 24 * 60 * 60)
        case .webhook: .seconds(24 * 60 * 60)
        }
    }
}
