import Auth
import Billing
import LogTestKit
import Storage
import Testing

@testable import WaxwingProviders

/// Payments by a server that answers by a script.
struct ScriptedStripe: Sendable {
    typealias Answer = ScriptedServer.Answer

    /// As a secret that must not be found anywhere.
    static let key = "sk_test_canary5e1f"

    let payments: StripePayments
    let log: LogCollector
    private let server: ScriptedServer

    var requests: [ScriptedServer.Request] { server.requests }
    var pauses: [Duration] { server.pauses }

    static func run<Result: Sendable>(
        _ answers: [Answer], retries: StripeRetries = StripeRetries(), limit: Duration = .seconds(600),
        body: (ScriptedStripe) async throws -> Result
    ) async throws -> Result {
        try await ScriptedServer.run(answers) { server, place in
            let log = LogCollector()
            let payments = StripePayments(
                try StripeSettings(
                    secretKey: Secret(Array(key.utf8)), webhookSecrets: [], apiBase: "http://\(place.authority)"),
                http: try OutboundHTTP.testing(allowed: [place.authority], log: log), limit: limit,
                retries: retries, logger: log.logger, pause: server.pause)
            return try await body(ScriptedStripe(payments: payments, log: log, server: server))
        }
    }
}

/// Answers as Stripe gives them.
extension ScriptedServer.Answer {
    static func json(_ status: Int, _ text: String, headers: [String: String] = [:]) -> Self {
        .reply(status: status, text, headers: headers.merging(["Request-Id": "req_7"]) { own, _ in own })
    }

    static func error(_ status: Int, _ type: String, code: String = "x", _ message: String = "No.") -> Self {
        .json(status, #"{"error":{"type":"\#(type)","code":"\#(code)","message":"\#(message)","unknown":[1]}}"#)
    }
}

extension AccountID {
    static var ada: AccountID { get throws { try #require(AccountID(StripePayload.account)) } }
}

extension ProviderReference {
    static func named(_ text: String) throws -> ProviderReference { try #require(ProviderReference(text)) }
}

/// What a call threw; nil when it did not.
func paymentError<Value>(_ call: () async throws -> Value) async -> PaymentError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? PaymentError
    }
}
