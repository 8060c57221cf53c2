import Auth
import Billing

/// Why a use case was refused. What is not listed is a fault of the service, and its callers are told no more than that.
public enum ServiceError: Error, Sendable {
    /// - Parameter field: which part of the request is wrong, if it is one.
    case invalid(field: String?, String)
    case unauthorized(String)
    /// Known who asks, and not theirs to ask.
    case forbidden(String)
    /// There is nothing of that name, or it is another account's: the two look the same.
    case notFound(String)
    case conflict(String)
    case tooLarge(limit: Int)
    case unsupportedMedia(String)
    /// Accepted as audio, but it cannot be analysed.
    case unprocessable(String)
    case quotaExceeded(QuotaExceeded)
    case rateLimited(retryAfter: Duration, String)
    /// Too much at once, or a backend is away.
    case unavailable(String)
}

extension ServiceError {
    /// For one that another list, or another account, gave out.
    public static let foreignCursor = ServiceError.invalid(
        field: "cursor", "'cursor' is not one of this list: take it from 'meta.next_cursor'")
}

extension ServiceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(_, let message), .unauthorized(let message), .forbidden(let message), .conflict(let message),
            .unsupportedMedia(let message), .unprocessable(let message), .rateLimited(_, let message),
            .unavailable(let message):
            message
        case .notFound(let what):
            "there is no such \(what): list yours to see which there are"
        case .tooLarge(let limit):
            "the file is larger than the \(limit) bytes your plan allows: shorten or compress it, or change the plan"
        case .quotaExceeded(let excess):
            excess.description
        }
    }
}
