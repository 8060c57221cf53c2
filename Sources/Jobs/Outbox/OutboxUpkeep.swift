import Storage

/// Keeps the outbox in order: rescues the messages that no job will deliver any more, and forgets those that ended long ago.
///
/// ```swift
/// let upkeep = OutboxUpkeep(outbox)
/// try await schedules.register([upkeep.schedule])
/// let worker = Worker(queue, outbox.handlers(senders) + [upkeep], …)
/// ```
public struct OutboxUpkeep: JobHandler {
    public static let kind = "outbox upkeep"

    public var kind: String { Self.kind }

    private let outbox: Outbox
    private let delivered: Duration
    private let dead: Duration?

    /// - Parameters:
    ///   - delivered: how long messages that were delivered are kept.
    ///   - dead: how long those are kept that were given up; nil for ever.
    public init(
        _ outbox: Outbox, keepingDelivered delivered: Duration = Outbox.usualRetention, dead: Duration? = nil
    ) {
        (self.outbox, self.delivered, self.dead) = (outbox, delivered, dead)
    }

    /// Every minute, in the outbox's queue and before all messages: a heap of them must not keep it waiting.
    public var schedule: Schedule {
        get throws { try Schedule(kind, .every(.seconds(60)), enqueues: kind, queue: outbox.lane, priority: .max) }
    }

    public func run(_ job: Job) async throws -> JobEffect {
        try await outbox.rescueStranded()
        try await prune(after: delivered)
        if let dead { try await prune(after: dead, dead: true) }
        return { _ in }
    }

    /// In short transactions, so that nobody waits long for the rows.
    private func prune(after age: Duration, dead: Bool = false) async throws {
        let moment = outbox.queue.clock.now() - age
        let (outbox, limit) = (outbox, 1_000)
        while try await outbox.queue.database.write({
            try outbox.prune(endedBefore: moment, dead: dead, limit: limit, in: $0)
        }) == limit {
            try Task.checkCancellation()
        }
    }
}
