import Storage

/// What became of a refresh token that was presented.
public enum RefreshOutcome: Sendable {
    /// The session goes on with this token; it may be another's who asked at the same time.
    case refreshed(RefreshGrant)
    /// A token that was spent long ago came back: somebody has a copy. Session and family have ended.
    ///
    /// An answer and not an error, as the end of the family is to be kept: a transaction that throws keeps nothing.
    case reused(user: AccountID, session: Identifier<Session>)
    /// Unknown, expired, or its session has ended. Nothing was changed.
    case refused
}

/// A refreshed session.
public struct RefreshGrant: Sendable, Equatable {
    /// For the next access token.
    public let session: Session
    public let token: RefreshToken
    /// When ``token`` is no longer taken; never after the session.
    public let expiresAt: Timestamp
}
