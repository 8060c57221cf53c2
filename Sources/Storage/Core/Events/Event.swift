/// Something that happened, as a topic keeps it.
public struct Event: Equatable, Sendable {
    /// 1, 2, 3, … within its topic.
    public let number: Int64
    /// What kind of thing happened, as `job.completed`.
    public let kind: String
    /// JSON; what it holds is agreed between who appends and who reads.
    public let payload: String
    public let happenedAt: Timestamp

    /// Longest payload, bytes: what is larger belongs into a row or an object that the event names.
    public static let largestPayload = 64 << 10
}

/// What can go wrong with a log beyond its database.
public enum EventLogError: Error, Equatable, Sendable {
    case invalidTopic(bytes: Int)
    case payloadTooLarge(bytes: Int)
    /// Events after the number asked for have been trimmed: read the state itself, then follow from `latest`.
    case trimmed(latest: Int64)
    /// The log ends before the number asked for, as after a restore: read the state itself, then follow from `latest`.
    case ahead(latest: Int64)
}

extension EventLogError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidTopic(let bytes): "a topic of \(bytes) bytes: use 1 to \(Topic.longest), none of them zero"
        case .payloadTooLarge(let bytes):
            "a payload of \(bytes) bytes: at most \(Event.largestPayload) fit; let the event name where it is"
        case .trimmed(let latest):
            "events were trimmed since: read the present state, then go on after event \(latest)"
        case .ahead(let latest):
            "there is no such event yet: read the present state, then go on after event \(latest)"
        }
    }
}
