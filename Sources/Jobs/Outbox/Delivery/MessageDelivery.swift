import Storage

/// Makes one attempt to deliver one message, and records how it went.
///
/// The job succeeds whether the message was delivered or not: what follows is written with the message, together with the
/// job of the next attempt.
public struct MessageDelivery: JobHandler {
    public static let kind = "deliver-message"

    private struct Payload: Codable {
        let message: MessageID
        let token: Int
    }

    public var kind: String { Self.kind }

    private let outbox: Outbox
    private let senders: MessageSenders
    /// 0…1.
    private let jitter: @Sendable () -> Double

    public init(_ outbox: Outbox, senders: MessageSenders) {
        self.init(outbox, senders: senders) { .random(in: 0...1) }
    }

    init(_ outbox: Outbox, senders: MessageSenders, jitter: @escaping @Sendable () -> Double) {
        (self.outbox, self.senders, self.jitter) = (outbox, senders, jitter)
    }

    /// Without the message's owner: the job is the service's own, and not among those that an owner started.
    static func job(
        _ message: MessageID, token: Int, _ lane: String, _ priority: Int, at time: Timestamp?
    ) throws -> NewJob {
        try NewJob(
            kind: kind, payload: Payload(message: message, token: token), queue: lane, priority: priority, runAt: time)
    }

    public func run(_ job: Job) async throws -> JobEffect {
        guard let payload = try? job.decodePayload(as: Payload.self) else {
            throw JobFailure(.final, "the job does not say what it is to deliver")
        }
        let message = try await outbox.queue.database.read { [outbox] in try outbox.find(payload.message, in: $0) }
        guard let message, message.course.state.status == .pending, message.course.token == payload.token else {
            // Delivered or given up meanwhile, or another job's by now: there is nothing left to do.
            return { _ in }
        }
        let result = await send(message)
        let (now, jitter) = (outbox.queue.clock.now(), self.jitter())
        var report = Outbox.Report(startedAt: job.startedAt)
        let event: MessageEvent
        switch result {
        case .success(let providerID):
            report.providerID = providerID
            event = .delivered(token: payload.token, at: now)
        case .failure(let failure):
            // An attempt that a stopping worker broke off is not the receiver's failure.
            try Task.checkCancellation()
            event = .failed(token: payload.token, at: now, failure, jitter: jitter)
        }
        return { [outbox, report] session in try outbox.apply(event, to: message.id, report, in: session) }
    }

    /// A job that was given up leaves a message that goes on by its own schedule; one that was cancelled ends it.
    public func abandoned(_ job: Job, in session: any WriteSession) throws {
        guard let payload = try? job.decodePayload(as: Payload.self) else { return }
        let now = outbox.queue.clock.now()
        let event: MessageEvent
        switch job.course.state {
        case .cancelled: event = .cancelled(token: payload.token, at: now)
        case .dead(let reason): event = .failed(token: payload.token, at: now, .passing(reason), jitter: jitter())
        case .scheduled, .ready, .leased, .retryable, .succeeded: return
        }
        do {
            try outbox.apply(event, to: payload.message, Outbox.Report(startedAt: job.startedAt), in: session)
        } catch is OutboxError {
            // The message is gone, or another job's: this one must still be able to end.
        }
    }

    /// - Returns: the provider's name for the message, if it gave one.
    private func send(_ message: OutgoingMessage) async -> Result<String?, DeliveryFailure> {
        do throws(DeliveryFailure) {
            switch message.content {
            case nil: throw .passing("the message cannot be read by this program: run the newest, or mend the row")
            case .webhook(let webhook):
                try await post(webhook, id: message.id)
                return .success(nil)
            case .email(let mail):
                guard let sender = senders.mail else { throw .passing("no provider of e-mail is set up") }
                return .success(try await sender.send(mail, id: message.id))
            case .sms(let text):
                guard let sender = senders.texts else { throw .passing("no provider of texts is set up") }
                return .success(try await sender.send(text, id: message.id))
            }
        } catch {
            return .failure(error)
        }
    }

    private func post(_ webhook: WebhookMessage, id: MessageID) async throws(DeliveryFailure) {
        guard let sender = senders.webhooks, let known = senders.webhookSecrets else {
            throw .passing("no sender of webhooks is set up")
        }
        let secrets = try await known.secrets(named: webhook.secretName)
        guard let newest = secrets.first else { throw .final("there is no secret to sign the webhook with") }
        let body = Array(webhook.body.utf8)
        let signature = WebhookSigner(newest, also: Array(secrets.dropFirst()))
            .sign(id: id.text, body: body, at: outbox.queue.clock.now())
        let answer = try await sender.send(
            WebhookRequest(id: id, url: webhook.url, body: body, signature: signature))
        try answer.check()
    }
}
