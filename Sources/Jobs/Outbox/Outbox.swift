import Storage

/// Webhooks, e-mails and texts as rows, written in the transaction of what they tell, and delivered by jobs.
///
/// So nothing is told that did not happen, and nothing that happened goes untold. Each message has one job at a time, which
/// makes one attempt. What came of it, and the job of the next attempt, are written in the transaction that ends the job: a
/// worker that lost its lease records nothing. When to try again is the message's own affair (``DeliverySchedule``), whatever
/// the queue's policy.
///
/// **At least once.** When a worker dies, or loses its lease, after a message was sent and before that was recorded, it is
/// sent again, with the same id. Webhooks carry the id as `webhook-id`, and providers get it as their idempotency key: who
/// looks at it acts once.
///
/// ```swift
/// let outbox = Outbox(queue)
/// try await database.write { session in
///     try bookings.confirm(booking, in: session)
///     try outbox.add(NewMessage(.email(confirmation), owner: artist), in: session)
/// }
/// // Beside the other handlers of a worker that serves the queue "outbox":
/// let handlers = outbox.handlers(MessageSenders(mail: provider))
/// ```
///
/// Decisions are ``MessageCourse``'s; here is only SQL.
public struct Outbox: Sendable {
    /// Told once of each message that is delivered or given up, soon after: to tell an owner by another way, or to disable an
    /// address that wants no more. What it throws is no matter of the message's: it is told again, as the queue's policy says.
    public typealias Ended = @Sendable (MessageID, MessageState, any WriteSession) throws -> Void

    /// The queue, by name, in which messages wait for a worker.
    public let lane: String
    let queue: JobQueue
    private let schedules: [MessageKind: DeliverySchedule]
    let ended: Ended?

    public static let usualLane = "outbox"

    /// - Parameters:
    ///   - queue: its database and its clock are the outbox's.
    ///   - schedules: of kinds for which the usual one will not do.
    ///   - ended: run by ``MessageEnded``.
    public init(
        _ queue: JobQueue, lane: String = Outbox.usualLane, schedules: [MessageKind: DeliverySchedule] = [:],
        ended: Ended? = nil
    ) {
        (self.queue, self.lane, self.schedules, self.ended) = (queue, lane, schedules, ended)
    }

    /// All that a worker must know to serve the outbox's queue.
    public func handlers(_ senders: MessageSenders) -> [any JobHandler] {
        [MessageDelivery(self, senders: senders), MessageEnded(self)]
    }

    public func schedule(of kind: MessageKind) -> DeliverySchedule { schedules[kind] ?? .usual(for: kind) }

    /// Adds a message, which is sent once the transaction is kept, and never if it is not.
    ///
    /// - Returns: its id; that of the message which has its idempotency key, if there is one.
    @discardableResult
    public func add(_ message: NewMessage, in session: any WriteSession) throws -> MessageID {
        try add([message], in: session).first ?? message.id
    }

    /// As ``add(_:in:)``, for any number of messages with a few statements.
    ///
    /// - Returns: as many ids, in the same order.
    @discardableResult
    public func add(_ messages: [NewMessage], in session: any WriteSession) throws -> [MessageID] {
        var ids: [MessageID] = []
        for start in stride(from: 0, to: messages.count, by: Self.batch) {
            ids += try addBatch(messages[start..<min(start + Self.batch, messages.count)], in: session)
        }
        return ids
    }

    private static let batch = 100

    private func addBatch(_ messages: ArraySlice<NewMessage>, in session: any WriteSession) throws -> [MessageID] {
        let now = queue.clock.now()
        let deliveries = try messages.map { message in
            try MessageDelivery.job(message.id, token: 1, lane, message.priority, at: message.sendAt)
        }
        let rows = zip(messages, deliveries).map { message, job -> SQL in
            """
            (\(message.id), \(message.content.kind), \(message.json), \(message.owner), \(UniqueKey.stored(message)),
                \(message.priority), 'pending', \(max(message.sendAt ?? now, now)), 0, 1, \(job.id), \(now))
            """
        }
        let added = try session.rows(
            """
            INSERT INTO outbox_messages (id, kind, content, owner, unique_key, priority, state, run_at, attempts, token,
                job_id, created_at)
            VALUES \(list: rows)
            ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING RETURNING id
            """
        ).map { try $0.get("id", as: MessageID.self) }
        let new = Set(added)
        try queue.enqueue(zip(messages, deliveries).filter { new.contains($0.0.id) }.map { $0.1 }, in: session)
        return try messages.map { message in
            try new.contains(message.id) ? message.id : first(with: UniqueKey.stored(message), in: session)
        }
    }

    private func first(with key: String?, in session: any WriteSession) throws -> MessageID {
        guard let key, let row = try session.row("SELECT id FROM outbox_messages WHERE unique_key = \(key)") else {
            throw DatabaseError.unexpected("a message was neither added nor there before")
        }
        return try row.get("id")
    }
}

public enum OutboxError: Error, Equatable, Sendable {
    case notFound(MessageID)
    /// Only what was given up can be replayed.
    case notDead(MessageID)
    /// Who speaks is not the message's present delivery: what it did must not be kept.
    case stale(MessageID)
}

extension OutboxError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let id): "no message \(id): list the messages to see which there are"
        case .notDead(let id): "message \(id) was not given up: wait for its next attempt, or see that it is delivered"
        case .stale(let id): "message \(id) has gone to another delivery: nothing was recorded"
        }
    }
}
