import Storage

/// What became of an event of the provider.
public enum WebhookOutcome: String, Codable, Sendable, CaseIterable, SQLConvertible {
    /// It counts, and its effect is done.
    case applied
    /// Another counts before it; its effect is done, as it is for each event.
    case stale
    /// It was here before: nothing is done. Of deliveries only, never of events.
    case duplicate
    /// It is of a kind that nothing is done about.
    case ignored
    /// Nobody knows yet whose it is: it is applied when its customer becomes known.
    case waiting
    /// Its effect went wrong, and nothing of it is done: it is tried again when it is delivered again, or replayed.
    case failed
}

/// An event as it is kept.
public struct WebhookEvent: Equatable, Sendable {
    public let id: EventID
    /// The provider's name of what happened.
    public let type: String
    /// When it happened, by the provider's clock.
    public let happenedAt: Timestamp
    /// When it first came.
    public let createdAt: Timestamp
    public let outcome: WebhookOutcome
    /// For operators, where something is odd.
    public let reason: String?
    public let customer: CustomerID?
    /// How often it came.
    public let deliveries: Int
    /// When its effect was done.
    public let appliedAt: Timestamp?
    /// Whether the bytes are kept still, so that it can be replayed.
    public let isReplayable: Bool

    static let columns: SQL =
        """
        id, type, happened_at, created_at, outcome, reason, customer, deliveries, applied_at,
            CASE WHEN body IS NULL THEN 0 ELSE 1 END AS replayable
        """

    init(_ row: Row) throws(DatabaseError) {
        id = try row.get("id")
        type = try row.get("type")
        happenedAt = try row.get("happened_at")
        createdAt = try row.get("created_at")
        outcome = try row.get("outcome")
        reason = try row.get(optional: "reason")
        customer = try row.get(optional: "customer")
        deliveries = try row.get("deliveries")
        appliedAt = try row.get(optional: "applied_at")
        isReplayable = try row.get("replayable")
    }
}

/// What an event changed: handed to the effect, once for each event.
public struct AppliedEvent: Equatable, Sendable {
    public let event: PaymentEvent
    public let account: AccountID
    /// ``WebhookOutcome/applied`` or ``WebhookOutcome/stale``.
    public let outcome: WebhookOutcome
    /// As it was and as it is; nil for events that are not of subscriptions, and for what was not known before.
    public let before: Subscription?
    public let after: Subscription?
    /// As it stands now; nil for events that are not of invoices.
    public let invoice: Invoice?
}

/// Why a webhook was not taken.
public enum WebhookIntakeError: Error, Equatable, Sendable {
    /// More than the bytes that are taken.
    case tooLarge(limit: Int)
    case signature(StripeSignatureFlaw)
    /// It is the provider's, and yet no event.
    case unreadable
    /// Nothing of it is kept: the provider will try again.
    case notStored(DatabaseError)
    case notFound(EventID)
    /// The bytes are gone.
    case notReplayable(EventID)
}

extension WebhookIntakeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let limit): "the webhook is larger than \(limit) bytes"
        case .signature(let flaw): flaw.description
        case .unreadable:
            "the webhook is no event of the provider: compare the version of its API with the one that is pinned"
        case .notStored(let error): "the webhook was not kept: \(error)"
        case .notFound(let id): "there is no event '\(id)': see 'waxwing webhooks ls'"
        case .notReplayable(let id):
            "the bytes of event '\(id)' are no longer kept: reconcile with the provider instead"
        }
    }
}
