import Storage

/// Tells ``Outbox/Ended`` that a message was delivered or given up.
///
/// By a job of its own: in the transaction that records a delivery, whatever it threw would undo the record, and the message
/// would be sent again.
public struct MessageEnded: JobHandler {
    public static let kind = "message-ended"

    /// What was true at its end: it may have been replayed or pruned since.
    private struct Payload: Codable {
        let message: MessageID
        let status: MessageStatus
        let at: Timestamp
        let reason: String?
    }

    public var kind: String { Self.kind }

    private let outbox: Outbox

    public init(_ outbox: Outbox) {
        self.outbox = outbox
    }

    /// Nil for a message that goes on.
    static func job(_ message: MessageID, _ state: MessageState, _ lane: String, _ priority: Int) throws -> NewJob? {
        let payload: Payload
        switch state {
        case .pending: return nil
        case .delivered(let time): payload = Payload(message: message, status: .delivered, at: time, reason: nil)
        case .dead(let time, let reason): payload = Payload(message: message, status: .dead, at: time, reason: reason)
        }
        return try NewJob(kind: kind, payload: payload, queue: lane, priority: priority)
    }

    public func run(_ job: Job) async throws -> JobEffect {
        guard let payload = try? job.decodePayload(as: Payload.self), payload.status != .pending else {
            throw JobFailure(.final, "the job does not say which message ended")
        }
        let state: MessageState =
            payload.status == .delivered
            ? .delivered(at: payload.at) : .dead(at: payload.at, reason: payload.reason ?? "")
        return { [ended = outbox.ended] session in try ended?(payload.message, state, session) }
    }
}
