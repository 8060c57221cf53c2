import Storage

/// Something that was said in a room.
public struct RoomMessage: Equatable, Sendable {
    /// One more than that of the message before it.
    public let number: Int64
    /// Nil for one whose author's account is deleted.
    public let author: AccountID?
    public let name: String?
    public let text: String
    /// The author's own name for it.
    public let ref: String?
    public let sentAt: Timestamp
}

/// Somebody who is in a room, with however many connections.
public struct RoomPerson: Equatable, Sendable {
    public let user: AccountID
    public let name: String?
    /// Of their oldest connection.
    public let since: Timestamp
    public let connections: Int
    /// As long as they have said last that they type; nil or past of who does not.
    public let typingUntil: Timestamp?
}

/// What everybody in a room shares: the last one who sets it wins.
public struct RoomState: Equatable, Sendable {
    public let data: CanonicalJSON
    /// One more with each setting; 0 of a room where none was set.
    public let version: Int64
    public let user: AccountID?
}

/// What somebody in a room is told.
public enum RoomNews: Equatable, Sendable {
    /// The first.
    case welcome(RoomWelcome)
    case message(RoomMessage)
    case joined(RoomPerson)
    case left(RoomPerson)
    /// Not kept, and told once or twice at most.
    case typing(RoomPerson)
    case state(RoomState)
}

/// How a room is when somebody comes in.
public struct RoomWelcome: Equatable, Sendable {
    /// Of the newest message.
    public let number: Int64
    public let people: [RoomPerson]
    public let state: RoomState
    /// Those after the number that was asked for, of which more may follow; or the last ``Rooms/recent``.
    public let messages: [RoomMessage]
    /// Whether messages after the number asked for are gone.
    public let isReset: Bool
}
