import Storage

/// What the receiver of a webhook answered, and what that means.
///
/// | status | meaning |
/// | --- | --- |
/// | 2xx | delivered |
/// | 410 | given up: the receiver wants no more |
/// | 408, 425, 429, 5xx | may pass; `Retry-After` is kept |
/// | other 4xx | given up: the same request would be refused again, until somebody mends the address or its receiver and replays |
/// | 301, 308 | given up: it has moved for good, and redirects are not followed, as they lead past the check of the address |
/// | other 3xx, anything else | may pass: the receiver is being rebuilt, or something stands before it |
///
/// Source: Standard Webhooks 1.0.0, "Delivery success and failure"; RFC 9110 §15 (408, 429, 5xx), RFC 8470 §5.2 (425).
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
        case 408, 425, 429, 500...599:
            let reason = "the receiver answered \(status): it may take the webhook later"
            if let retryAfter { throw .later(after: retryAfter, reason) }
            throw .passing(reason)
        case 400...499:
            throw .final(
                "the receiver answered \(status): it would refuse the same webhook again; mend it, then replay the message"
            )
        case 301, 308:
            throw .final("the receiver answered \(status): it has moved; register its new address")
        default: throw .passing("the receiver answered \(status), which is neither yes nor no")
        }
    }
}
