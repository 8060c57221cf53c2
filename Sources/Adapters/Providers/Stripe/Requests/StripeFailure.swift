import Auth
import Billing
import StrictJSON

/// Why a request had no success, and whether the same one may have it later.
struct StripeFailure: Error, Equatable {
    let error: PaymentError
    let isTransient: Bool
    var retryAfter: Duration?
    /// Stripe's word for it, for the log: `card_declined`.
    var code: String?

    init(_ error: PaymentError, isTransient: Bool = false) {
        (self.error, self.isTransient) = (error, isTransient)
    }

    init(_ failure: OutboundFailure) {
        self.init(.unavailable("no answer"), isTransient: failure.mayPass && failure.reason != .cancelled)
    }

    /// - Parameter answer: whose status is no success.
    ///
    /// Source: https://docs.stripe.com/api/errors, https://docs.stripe.com/error-low-level (what to send again).
    init(_ answer: OutboundAnswer, hiding key: Secret) {
        let error = JSONObject(reading: answer.body, within: StripeObject.limits)
            .flatMap { try? StripeObject($0).object("error") }
        let (type, code) = (error?.word("type"), error?.word("code"))
        let message = Self.message(error?.word("message"), hiding: key)
        self.error = Self.error(answer.status, type: type, code: code, message)
        isTransient =
            switch answer["Stripe-Should-Retry"] {
            case "true": true
            case "false": false
            default: answer.status == 409 || answer.status == 429 || answer.status >= 500 || code == "lock_timeout"
            }
        retryAfter = answer["Retry-After"].flatMap { UInt32($0) }.map { .seconds(Int($0)) }
        self.code = code ?? type
    }

    private static func error(_ status: Int, type: String?, code: String?, _ message: String) -> PaymentError {
        switch (status, type, code) {
        case (401, _, _), (403, _, _): .unauthorized
        case (429, _, _), (_, _, "rate_limit"), (_, _, "lock_timeout"): .unavailable("it is asked too often")
        case (500..., _, _), (_, "api_error", _): .unavailable("it is out of order")
        case (_, "idempotency_error", _) where status != 409:
            .refused("something else was asked for under the same key: what it was about has changed, look at it again")
        case (409, _, _): .unavailable("it is still busy with the same request")
        case (402, _, _), (_, "card_error", _): .declined(message)
        case (404, _, _), (_, _, "resource_missing"): .notFound
        case (400..<500, _, _): .refused(message)
        default: .unreadable("it answered \(status)")
        }
    }

    /// For people: one line, not too long, and whoever answers in Stripe's place does not make us say our key.
    private static func message(_ text: String?, hiding key: Secret) -> String {
        guard let text, !text.isEmpty else { return "the payment provider says no" }
        guard !text.contains(String(decoding: key.bytes, as: UTF8.self)) else { return "the payment provider says no" }
        return String(text.prefix(300).map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? $0 : " " })
    }
}
