import Storage

/// A message that is kept until it is delivered, as the outbox knows it.
public struct OutgoingMessage: Sendable {
    /// Also the idempotency key for its receiver or provider: the same in every attempt.
    public let id: Identifier<OutgoingMessage>
    public let kind: MessageKind
    /// Nil when it cannot be read: a newer program wrote it, or somebody changed it by hand.
    public let content: MessageContent?
    /// Whom it is sent for; nil for the service itself.
    public let owner: AccountID?
    /// The caller's name for it; nil if it has none.
    public let idempotencyKey: String?
    /// Higher first.
    public let priority: Int
    public let course: MessageCourse
    /// The job that delivers it, or did.
    public let job: JobID
    /// Why the last attempt failed; nil once it is delivered.
    public let reason: String?
    /// By which the provider knows it.
    public let providerID: String?
    public let createdAt: Timestamp

    public var deliveredAt: Timestamp? {
        if case .delivered(let time) = course.state { time } else { nil }
    }
}

public typealias MessageID = Identifier<OutgoingMessage>

/// A message to be added.
public struct NewMessage: Sendable {
    public static let longestKey = 200

    public let id: MessageID
    public let content: MessageContent
    public let owner: AccountID?
    public let idempotencyKey: String?
    public let priority: Int
    /// Not sent before; nil for at once.
    public let sendAt: Timestamp?
    /// The content as the row keeps it.
    let json: String

    /// - Parameter idempotencyKey: names what is told and to whom, as `job.completed/{job}/{endpoint}`: of an owner's messages
    ///   of one kind with the same key only the first is added. 1…200 bytes.
    /// - Throws: ``MessageFlaw/idempotencyKey``.
    public init(
        id: MessageID = .random(), _ content: MessageContent, owner: AccountID? = nil, idempotencyKey: String? = nil,
        priority: Int = 0, sendAt: Timestamp? = nil
    ) throws {
        if let idempotencyKey {
            guard (1...Self.longestKey).contains(idempotencyKey.utf8.count), !idempotencyKey.utf8.contains(0) else {
                throw MessageFlaw.idempotencyKey
            }
        }
        json = try content.json()
        (self.id, self.content, self.owner, self.idempotencyKey) = (id, content, owner, idempotencyKey)
        (self.priority, self.sendAt) = (priority, sendAt)
    }
}

/// An attempt at a message that ended.
public struct DeliveryAttempt: Equatable, Sendable {
    public enum Outcome: String, Sendable, SQLConvertible {
        case delivered
        /// Another attempt follows.
        case failed
        /// It was the last.
        case dead
    }

    /// Grows from attempt to attempt. Numbers are left out where a delivery ended without a word, as with its process.
    public let token: Int
    /// Nil when nothing was begun.
    public let startedAt: Timestamp?
    public let endedAt: Timestamp
    public let outcome: Outcome
    public let reason: String?
}
