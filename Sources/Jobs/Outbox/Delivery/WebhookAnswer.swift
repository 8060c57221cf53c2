import Storage

/// What the receiver of a webhook answered, and what that means.
///
/// | status | meaning |
/// | --- | --- |
/// | 2xx | delivered |
/// | 410 | given up: the receiver wants no more |
/// | anything else | may pass: the receiver is being rebuilt or mended, or something stands before it; `Retry-After` is kept |
///
/// So are redirects: they are not followed, as they lead past the check of the address.
///
/// Source: Standard Webhooks 1.0.0, "Delivery success and failure"; RFC 9110 §10.2.3 (`Retry-After`).
public struct WebhookAnswer: Equatable, Sendable {
    public let status: Int
    /// See ``RetryAfter``.
    public let retryAfter: Duration?

    public init(status: Int, retryAfter: Duration? = nil) {
        (self.status, self.retryAfter) = (status, retryAfter)
    }

    /// Returns when the answer means that the webhook is delivered.
    public func check() throws(DeliveryFailure) {
        switch status {
        case 200...299: return
        case 410: throw .final("the receiver answered 410: it wants no more webhooks at this address")
        default:
            let reason = "the receiver answered \(status): \(advice)"
            if let retryAfter { throw .later(after: retryAfter, reason) }
            throw .passing(reason)
        }
    }

    private var advice: String {
        switch status {
        case 408, 425, 429, 500...599: "it may take the webhook later"
        case 300...399: "redirects are not followed; if it has moved, register its new address"
        case 400...499: "it refuses the webhook; see that the address is right and its receiver in order"
        default: "that is neither yes nor no"
        }
    }
}
