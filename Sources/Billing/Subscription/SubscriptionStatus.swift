import Storage

/// Where a subscription is in its life; names and meaning are Stripe's.
public enum SubscriptionStatus: String, Codable, Sendable, CaseIterable, SQLConvertible {
    case incomplete
    case incompleteExpired = "incomplete_expired"
    case trialing
    case active
    case pastDue = "past_due"
    case unpaid
    case paused
    case canceled

    /// Whether nothing follows it: who wants to go on makes a new subscription.
    public var isTerminal: Bool { self == .canceled || self == .incompleteExpired }
}
