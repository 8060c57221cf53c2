import Storage

/// Where a message stands.
public enum MessageState: Equatable, Sendable {
    /// Waits for its next attempt, which is due then, or is being sent.
    case pending(at: Timestamp)
    /// Its receiver, or the provider that passes it on, has taken it.
    case delivered(at: Timestamp)
    /// Given up; kept with its reason until somebody replays it.
    case dead(at: Timestamp, reason: String)

    public var status: MessageStatus {
        switch self {
        case .pending: .pending
        case .delivered: .delivered
        case .dead: .dead
        }
    }
}

/// A state without what it carries, as lists are filtered by it.
public enum MessageStatus: String, Codable, Sendable, SQLConvertible, CaseIterable {
    case pending, delivered, dead
}

/// What happens to a message. Events bring their time; those that end a delivery name its token.
public enum MessageEvent: Equatable, Sendable {
    case delivered(token: Int, at: Timestamp)
    /// - Parameter jitter: 0…1, spreads the next attempts of messages that failed together.
    case failed(token: Int, at: Timestamp, DeliveryFailure, jitter: Double)
    /// Somebody cancelled the job that was to deliver it.
    case cancelled(token: Int, at: Timestamp)
    /// The job that was to deliver it is over or gone, and has recorded nothing.
    case stranded(at: Timestamp)
    /// A dead message is to be sent after all, with all its attempts.
    case replayed(at: Timestamp)
}

public struct InvalidMessageTransition: Error, Equatable, Sendable {
    public let state: MessageState
    public let event: MessageEvent
}
