extension PaymentError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound: "the payment provider does not know it: it was never there, or is gone"
        case .declined(let message): "the payment was declined: \(message)"
        case .refused(let message): "the payment provider refuses: \(message)"
        case .unauthorized: "the payment provider does not know our key: compare it with its dashboard"
        case .unavailable(let reason): "the payment provider did not answer (\(reason)): try again"
        case .unreadable(let reason): "the payment provider's answer cannot be read: \(reason)"
        }
    }
}
