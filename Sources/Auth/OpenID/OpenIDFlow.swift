import Storage

/// A sign-in that was begun and waits for its answer. Its name is the `state`: 122 random bits.
public struct OpenIDFlow: Sendable, Equatable {
    public let id: Identifier<OpenIDFlow>
    /// The name of the provider that was asked.
    let provider: String
    let next: OwnPath
    let expiresAt: Timestamp
}

/// What an answer's `state` and cookie are worth.
enum OpenIDFlowState: Equatable {
    /// For the first time and by the right browser: nobody gets it again.
    case taken(OpenIDFlow)
    /// Somebody had it before: whatever came of that is ended.
    case replayed
    case refused
}
