import Storage

/// Why a request with an idempotency key is neither run nor answered as before.
public enum IdempotencyRefusal: Error, Equatable, Sendable {
    case malformed
    /// The first request with the key has not ended.
    case running(retryAfter: Duration)
    /// The key was used for another request.
    case otherRequest
    /// The request was slow, and a repeat of it has taken its place. It has changed nothing.
    case takenOver
    /// The request is done, and its answer is too long to be kept, or sealed with a secret that is gone.
    case noAnswer
}

extension IdempotencyRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed:
            "'Idempotency-Key' is 1 to 255 visible ASCII characters, in one line: a random UUID is a good one"
        case .running:
            "the first request with this 'Idempotency-Key' is still running: send it again in a moment"
        case .otherRequest:
            "this 'Idempotency-Key' was used for another request: send the same one again, or take a new key"
        case .takenOver:
            "a repeat of this request with the same 'Idempotency-Key' has taken its place: send it again in a moment"
        case .noAnswer:
            "the request with this 'Idempotency-Key' was done, but its answer is not kept: look at what there is"
        }
    }
}
