import Billing
import LogTestKit
import Storage
import Testing

@testable import WaxwingProviders

@Suite struct StripeErrorTests {
    private func error(_ answer: ScriptedStripe.Answer) async throws -> (error: PaymentError?, log: [String]) {
        try await ScriptedStripe.run([answer], retries: StripeRetries(attempts: 1)) { stripe in
            let id = try SubscriptionID.named("sub_1")
            let error = await paymentError { try await stripe.payments.subscription(id) }
            return (error, stripe.log.lines)
        }
    }

    @Test(arguments: [
        (402, "card_error", "card_declined", PaymentError.declined("No.")),
        (402, "invalid_request_error", "subscription_payment_intent_requires_action", .declined("No.")),
        (400, "card_error", "expired_card", .declined("No.")),
        (404, "invalid_request_error", "resource_missing", .notFound),
        (400, "invalid_request_error", "resource_missing", .notFound),
        (400, "invalid_request_error", "parameter_unknown", .refused("No.")),
        (401, "authentication_error", "api_key_expired", .unauthorized),
        (401, "invalid_request_error", "x", .unauthorized),
        (403, "invalid_request_error", "more_permissions_required", .unauthorized),
        (429, "invalid_request_error", "rate_limit", .unavailable("it is asked too often")),
        (400, "invalid_request_error", "lock_timeout", .unavailable("it is asked too often")),
        (409, "idempotency_error", "idempotency_key_in_use", .unavailable("it is still busy with the same request")),
        (500, "api_error", "x", .unavailable("it is out of order")),
        (503, "card_error", "x", .unavailable("it is out of order")),
    ])
    func `each kind of error means one thing`(
        status: Int, type: String, code: String, expected: PaymentError
    ) async throws {
        #expect(try await error(.error(status, type, code: code)).error == expected)
    }

    @Test func `the same key for something else is a no that says to look again`() async throws {
        guard case .refused(let words) = try await error(.error(400, "idempotency_error", "key_x")).error else {
            Issue.record("it was not refused")
            return
        }
        #expect(words.contains("look at it again") && !words.contains("key_x"))
    }

    @Test(arguments: ["", "[]", "{}", "<html>", #"{"error":"no"}"#, #"{"error":{"type":7}}"#, #"{"error":null}"#])
    func `an error that is none of Stripe's is read by its status`(body: String) async throws {
        #expect(try await error(.json(404, body)).error == .notFound)
        #expect(try await error(.json(500, body)).error == .unavailable("it is out of order"))
        #expect(try await error(.json(402, body)).error == .declined("the payment provider says no"))
    }

    @Test func `a message is one line, and not long`() async throws {
        let long = #"a\u0000\n"# + String(repeating: "b", count: 5000)
        guard case .declined(let words) = try await error(.error(402, "card_error", long)).error else {
            Issue.record("it was not declined")
            return
        }
        #expect(words.hasPrefix("a  b") && words.count == 300)
    }

    @Test(arguments: [402, 400, 401, 500])
    func `the secret key is in no error and no log, whoever says it again`(status: Int) async throws {
        let answer = ScriptedStripe.Answer.json(
            status,
            #"{"error":{"type":"card_error","code":"\#(ScriptedStripe.key) x","message":"key: \#(ScriptedStripe.key)"}}"#,
            headers: ["X-Echo": ScriptedStripe.key])
        let (error, log) = try await error(answer)
        var dumped = ""
        dump(error, to: &dumped)
        #expect(error != nil && !log.isEmpty)
        #expect(!"\(String(reflecting: error)) \(dumped) \(log)".contains("canary5e1f"))
    }

    @Test func `the log tells the operator what to ask Stripe about`() async throws {
        let log = try await error(.error(402, "card_error", code: "card_declined")).log
        #expect(log == ["payment provider: no success code=card_declined request=req_7 status=402"])
    }

    @Test func `the client shows no key when it is printed`() async throws {
        try await ScriptedStripe.run([]) { stripe in
            var dumped = ""
            dump(stripe.payments.client.settings, to: &dumped)
            #expect(!"\(stripe.payments) \(String(reflecting: stripe.payments)) \(dumped)".contains("canary5e1f"))
        }
    }
}
