import Billing
import Storage
import Testing

@testable import WaxwingProviders

@Suite struct StripeRequestTests {
    private let customer = ScriptedStripe.Answer.json(200, #"{"id":"cus_1","object":"customer"}"#)

    private func create(_ stripe: ScriptedStripe, key: RequestKey = RequestKey("ada", "1")) async throws -> CustomerID {
        let account = try AccountID.ada
        return try await stripe.payments.createCustomer(
            NewCustomer(account: account, email: "ada@example.com"), once: key)
    }

    @Test func `a request names its version and its key, and signs in`() async throws {
        try await ScriptedStripe.run([customer]) { stripe in
            let made = try await create(stripe)
            #expect(made.text == "cus_1")
            let request = try #require(stripe.requests.first)
            #expect(request.line == "POST /v1/customers HTTP/1.1")
            #expect(request.headers["authorization"] == "Bearer \(ScriptedStripe.key)")
            #expect(request.headers["stripe-version"] == "2025-02-24.acacia")
            #expect(request.headers["idempotency-key"] == "ada:1")
            #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
            #expect(
                request.body
                    == "metadata%5Bwaxwing_account%5D=0f3c1c7e-5a34-4f0e-9a59-6a4f4a4d1a01&email=ada%40example.com")
        }
    }

    @Test(arguments: [409, 429, 500, 502, 503])
    func `what may pass is asked again under the same key`(status: Int) async throws {
        let busy = ScriptedStripe.Answer.error(status, status == 409 ? "idempotency_error" : "api_error")
        try await ScriptedStripe.run([busy, .close, customer]) { stripe in
            let made = try await create(stripe)
            #expect(made.text == "cus_1")
            #expect(stripe.requests.map { $0.headers["idempotency-key"] } == ["ada:1", "ada:1", "ada:1"])
            #expect(Set(stripe.requests.map(\.body)).count == 1)
            #expect(stripe.pauses.count == 2 && stripe.pauses.allSatisfy { $0 <= .seconds(1) })
        }
    }

    @Test func `three times, and no more`() async throws {
        let down = ScriptedStripe.Answer.error(503, "api_error")
        try await ScriptedStripe.run([down, down, down, customer]) { stripe in
            #expect(await paymentError { try await create(stripe) } == .unavailable("it is out of order"))
            #expect(stripe.requests.count == 3)
        }
        try await ScriptedStripe.run([.close, .close, .close, customer]) { stripe in
            #expect(await paymentError { try await create(stripe) } == .unavailable("no answer"))
            #expect(stripe.requests.count == 3)
        }
    }

    @Test(arguments: [400, 401, 402, 403, 404])
    func `a no is not asked again`(status: Int) async throws {
        try await ScriptedStripe.run([.error(status, "invalid_request_error"), customer]) { stripe in
            #expect(await paymentError { try await create(stripe) } != nil)
            #expect(stripe.requests.count == 1)
        }
    }

    @Test func `Stripe's own word about it counts`() async throws {
        let error = #"{"error":{"type":"api_error"}}"#
        try await ScriptedStripe.run([.json(500, error, headers: ["Stripe-Should-Retry": "false"]), customer]) {
            stripe in
            #expect(await paymentError { try await create(stripe) } == .unavailable("it is out of order"))
        }
        try await ScriptedStripe.run([.json(400, error, headers: ["stripe-should-retry": "true"]), customer]) {
            stripe in
            let made = try await create(stripe)
            #expect(made.text == "cus_1")
        }
    }

    @Test(arguments: [
        ("3", Duration.seconds(3)), ("86400", .seconds(5)), ("99999999999999999999", .seconds(1)), ("-5", .seconds(1)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", .seconds(1)),
    ])
    func `a wait that is asked for is kept within bounds`(asked: String, longest: Duration) async throws {
        let busy = ScriptedStripe.Answer.json(429, "{}", headers: ["Retry-After": asked])
        try await ScriptedStripe.run([busy, customer]) { stripe in
            _ = try await create(stripe)
            let pause = try #require(stripe.pauses.first)
            #expect(pause <= longest && pause >= .milliseconds(250))
            #expect(longest < .seconds(2) || pause == longest)
        }
    }

    @Test func `waits grow, with some chance in them`() {
        let retries = StripeRetries(base: .seconds(1), cap: .seconds(6))
        #expect((1...4).map { retries.wait(after: $0, asked: nil, chance: 1) } == [1, 2, 4, 6].map(Duration.seconds))
        #expect(retries.wait(after: 1, asked: nil, chance: 0) == .milliseconds(500))
        #expect(retries.wait(after: .max, asked: nil, chance: 1) == .seconds(6))
        #expect(retries.wait(after: .min, asked: .seconds(-9), chance: 1) == .seconds(1))
    }

    @Test func `who does not answer is given up, each time`() async throws {
        try await ScriptedStripe.run([.hang, .hang, .hang, customer], limit: .milliseconds(100)) { stripe in
            let error = await paymentError { try await create(stripe) }
            #expect(error == .unavailable("no answer") && stripe.requests.count <= 3 && stripe.pauses.count == 2)
        }
    }

    @Test func `a wait ends with its task`() async throws {
        try await ScriptedStripe.run([.error(500, "api_error"), customer]) { stripe in
            let client = stripe.payments.client
            let cancelled = StripeClient(
                settings: client.settings, http: client.http, retries: client.retries, limit: client.limit,
                pause: { _ in throw CancellationError() }, logger: client.logger)
            #expect(await paymentError { try await cancelled.get("/v1/x") } == .unavailable("it is out of order"))
            #expect(stripe.requests.count == 1)
        }
    }

    @Test(arguments: [
        "[]", "{", "\"id\"", "", "{\"id\":7}", "{\"id\":\"\"}", "{\"id\":\"cus 1\"}", "{}", "{\"id\":null}",
    ])
    func `an answer that says something else is unreadable`(body: String) async throws {
        try await ScriptedStripe.run([.json(200, body)]) { stripe in
            guard case .unreadable = await paymentError({ try await create(stripe) }) else {
                Issue.record("read: \(body)")
                return
            }
        }
    }

    @Test func `a redirect is not followed, so the key stays where it belongs`() async throws {
        try await ScriptedStripe.run([.json(302, "{}", headers: ["Location": "http://127.0.0.1:9/"]), customer]) {
            stripe in
            #expect(await paymentError { try await create(stripe) } == .unreadable("it answered 302"))
            #expect(stripe.requests.count == 1)
        }
    }

    @Test(arguments: ["../customers", "sub_1/resume", "sub_1?a=b", "..", "sub_1#", "%2e%2e"])
    func `a name that could lead elsewhere is not asked for`(name: String) async throws {
        let id = try SubscriptionID.named(name)
        try await ScriptedStripe.run([customer]) { stripe in
            #expect(await paymentError { try await stripe.payments.subscription(id) } == .notFound)
            #expect(
                await paymentError { try await stripe.payments.cancel(id, atPeriodEnd: false, once: RequestKey("k")) }
                    == .notFound)
            #expect(stripe.requests.isEmpty)
        }
    }

    @Test func `a key that no header can carry is refused before anything is sent`() async throws {
        try await ScriptedStripe.run([customer]) { stripe in
            guard case .refused = await paymentError({ try await create(stripe, key: RequestKey("a\r\nX: y")) }) else {
                Issue.record("it was sent")
                return
            }
            #expect(stripe.requests.isEmpty)
        }
    }
}
