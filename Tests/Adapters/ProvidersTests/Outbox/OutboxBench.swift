import FreshDatabases
import Storage
import StorageTestKit

@testable import Jobs

/// An outbox on a clock that the test turns, whose messages go out by true senders, and a worker's steps one by one.
struct OutboxBench: Sendable {
    let clock: ManualClock
    let database: any Database
    let outbox: Outbox
    private let queue: JobQueue
    private let delivery: MessageDelivery

    init(_ senders: MessageSenders, clock: ManualClock) async throws {
        self.clock = clock
        database = try await FreshDatabase.make()
        try await database.migrate([JobSchema.migrations, OutboxSchema.migrations], at: clock.now())
        queue = JobQueue(database, clock: clock)
        outbox = Outbox(queue)
        delivery = MessageDelivery(outbox, senders: senders) { 0 }
    }

    func add(_ content: MessageContent) async throws -> MessageID {
        let message = try NewMessage(content)
        return try await database.write { [outbox] in try outbox.add(message, in: $0) }
    }

    /// Makes the attempts that are due now; false when there is none.
    @discardableResult
    func deliver() async throws -> Bool {
        var isAny = false
        while let job = try await queue.claim(from: [outbox.lane], by: "ada") {
            isAny = true
            let effect = try await delivery.run(job)
            try await database.write { [queue] session in
                try effect(session)
                try queue.apply(.succeeded(token: job.course.token), to: job.id, in: session)
            }
        }
        return isAny
    }

    func state(of id: MessageID) async throws -> MessageState? {
        try await database.read { [outbox] in try outbox.find(id, in: $0)?.course.state }
    }

    func history(of id: MessageID) async throws -> [DeliveryAttempt] {
        try await database.read { [outbox] in try outbox.history(of: id, in: $0) }
    }
}

/// Signs everything with one secret.
struct OneSecret: WebhookSecrets {
    let secret = WebhookSecret.random()

    func secrets(named name: String) async throws(DeliveryFailure) -> [WebhookSecret] { [secret] }
}
