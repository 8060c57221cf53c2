/// How an attempt to send failed, in words for the message's owner and for operators: without secrets, and without what the
/// message says.
public enum DeliveryFailure: Error, Equatable, Sendable {
    /// May pass: the next attempt follows the schedule.
    case passing(String)
    /// May pass, and not before `after` is over, as the receiver said (`Retry-After`).
    case later(after: Duration, String)
    /// Trying again cannot help.
    case final(String)

    /// At most 500 characters.
    public var reason: String {
        switch self {
        case .passing(let reason), .later(_, let reason), .final(let reason):
            // Part of it may be the receiver's words, and a text with a zero byte is kept by no engine.
            String(reason.prefix(500).map { $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 })
        }
    }
}

extension DeliveryFailure: CustomStringConvertible {
    public var description: String { reason }
}
