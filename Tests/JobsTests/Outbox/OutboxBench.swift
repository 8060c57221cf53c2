import JobsTestKit
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Jobs

/// An outbox on a clock that the test turns, with providers that do what it says, and a worker's steps one by one.
struct OutboxBench: Sendable {
    let database: any Database
    let clock = ManualClock()
    let queue: JobQueue
    let outbox: Outbox
    let provider = ScriptedProvider()
    let delivery: MessageDelivery
    /// What ended, in order.
    let ends = Log<MessageID>()

    init(schedules: [MessageKind: DeliverySchedule] = [:], jitter: Double = 0) async throws {
        try await self.init(freshDatabase(), schedules: schedules, jitter: jitter)
    }

    init(
        _ database: any Database, schedules: [MessageKind: DeliverySchedule] = [:], jitter: Double = 0
    ) async throws {
        try await database.migrate([OutboxSchema.migrations], at: Timestamp(milliseconds: 0))
        self.database = database
        queue = JobQueue(database, clock: clock)
        let log = ends
        outbox = Outbox(queue, schedules: schedules) { id, _, session in session.afterCommit { log.add(id) } }
        delivery = MessageDelivery(outbox, senders: provider.senders) { jitter }
    }

    @discardableResult
    func add(
        _ content: MessageContent? = nil, owner: AccountID? = nil, key: String? = nil, sendAt: Timestamp? = nil
    ) async throws -> MessageID {
        let content = try content ?? .email(.example)
        let message = try NewMessage(content, owner: owner, idempotencyKey: key, sendAt: sendAt)
        return try await database.write { try outbox.add(message, in: $0) }
    }

    func claim(by worker: String = "ada") async throws -> Job? {
        try await queue.claim(from: ["outbox"], by: worker)
    }

    /// What a worker does at the end of a run: the effect and the job's end in one transaction.
    func finish(_ job: Job, _ effect: @escaping JobEffect) async throws {
        try await database.write { session in
            try effect(session)
            try queue.apply(.succeeded(token: job.course.token), to: job.id, in: session)
        }
    }

    /// Takes the next job and does it to the end.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    func deliverNext() async throws -> Bool {
        guard let job = try await claim() else { return false }
        try await finish(job, delivery.run(job))
        return true
    }

    /// Ends the leases of those that vanished.
    func reclaim() async throws {
        clock.advance(by: queue.policy.lease + .seconds(1))
        try await queue.reclaimExpired(JobHandlers([delivery]))
    }

    func message(_ id: MessageID) async throws -> OutgoingMessage {
        try #require(try await database.read { try outbox.find(id, in: $0) })
    }

    func state(of id: MessageID) async throws -> MessageState {
        try await message(id).course.state
    }

    func history(of id: MessageID) async throws -> [DeliveryAttempt] {
        try await database.read { try outbox.history(of: id, in: $0) }
    }

    @discardableResult
    func rescue() async throws -> Int {
        try await database.write { try outbox.rescueStranded(in: $0) }
    }

    func count(_ table: StaticString) async throws -> Int {
        let statement = SQL(stringLiteral: "SELECT COUNT(*) AS count FROM \(table)")
        let row = try await database.read { try $0.row(statement) }
        return try row?.get("count") ?? 0
    }
}

extension MailMessage {
    static var example: MailMessage {
        get throws {
            try MailMessage(
                .transactional, from: Mailbox("no-reply@example.com"), to: Mailbox("ada@example.com"),
                subject: "Confirmed", text: "See you there.")
        }
    }
}

extension TextMessage {
    static var example: TextMessage {
        get throws { try TextMessage(to: PhoneNumber("+15551234567"), "See you there.") }
    }
}

extension WebhookMessage {
    static var example: WebhookMessage {
        get throws {
            try WebhookMessage(
                to: "https://example.com/hooks", type: "job.completed", occurredAt: Timestamp(milliseconds: 0),
                data: ["job": "17"], secretName: "endpoint/17")
        }
    }
}

/// A list that several tasks add to.
final class Log<Item: Sendable>: Sendable {
    private let kept = Mutex<[Item]>([])

    var items: [Item] { kept.withLock { $0 } }

    func add(_ item: Item) {
        kept.withLock { $0.append(item) }
    }
}

/// Takes everything, unless told how the next attempts fail; remembers what it was sent.
final class ScriptedProvider: MailSender, TextMessageSender, WebhookSender, WebhookSecrets {
    let sent = Log<MessageID>()
    let requests = Log<WebhookRequest>()
    private let failures = Mutex<[DeliveryFailure]>([])
    private let answers = Mutex<[WebhookAnswer]>([])
    private let known = Mutex<[WebhookSecret]>([.random()])

    var senders: MessageSenders {
        MessageSenders(webhooks: self, webhookSecrets: self, mail: self, texts: self)
    }

    var secrets: [WebhookSecret] { known.withLock { $0 } }

    func fail(_ failures: DeliveryFailure...) {
        self.failures.withLock { $0 += failures }
    }

    /// Forgets the failures that no attempt came for.
    func recover() {
        failures.withLock { $0 = [] }
    }

    func answer(_ answers: WebhookAnswer...) {
        self.answers.withLock { $0 += answers }
    }

    func rotate(_ secrets: [WebhookSecret]) {
        known.withLock { $0 = secrets }
    }

    func send(_ mail: MailMessage, id: MessageID) async throws(DeliveryFailure) -> String? {
        try take(id)
        return "mail-\(id)"
    }

    func send(_ text: TextMessage, id: MessageID) async throws(DeliveryFailure) -> String? {
        try take(id)
        return "text-\(id)"
    }

    func send(_ request: WebhookRequest) async throws(DeliveryFailure) -> WebhookAnswer {
        requests.add(request)
        try take(request.id)
        return answers.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? WebhookAnswer(status: 204)
    }

    func secrets(named name: String) async throws(DeliveryFailure) -> [WebhookSecret] { secrets }

    private func take(_ id: MessageID) throws(DeliveryFailure) {
        sent.add(id)
        if let failure = failures.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw failure }
    }
}
