import Auth
import Billing
import Foundation
import HTTPTypes
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct WebhookRouteTests {
    private func run(
        limits: RequestLimits = RequestLimits(), clock: any WallClock = SystemClock(),
        over wrap: (any Database) -> any Database = { $0 },
        _ test: @escaping @Sendable (TestAPI) async throws -> Void
    ) async throws {
        try await TestAPI.run(
            book: try Shop.book(limits),
            payments: PaymentOptions(
                .provider(WebhookPayments(), webhookSecrets: [WebhookPayments.secret, "whsec_old"])),
            clock: clock, over: wrap, test)
    }

    @Test(arguments: ["/api/webhook", "/api/billing/webhook"])
    func `an event that is signed counts, once, and needs nobody to sign in`(_ path: String) async throws {
        try await run { api in
            let token = try await api.signUp()
            let event = try await api.event(.active, of: token)
            let first = try await api.deliver(event, to: path)
            #expect(first.status == .ok && first.data["outcome"] as? String == "applied")
            #expect(try await api.send(.get, "/api/subscription", token: token).data["plan"] as? String == "pro")
            #expect(try await api.deliver(event, to: path).data["outcome"] as? String == "duplicate")
            // With the secret that is being replaced, too.
            #expect(try await api.deliver(event, to: path, secret: "whsec_old").status == .ok)
        }
    }

    @Test func `forgery: what is not signed, wrongly or long ago is refused, and nothing is kept`() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { api in
            let event = try await api.event(.active, of: try await api.signUp())
            let body = try JSONText.encode(event)
            let signature = StripeSignature(secrets: [WebhookPayments.secret])
            let now = clock.now()
            func header(_ moment: Timestamp, over text: String) throws -> String {
                try #require(signature.header(for: Array(text.utf8), at: moment))
            }
            let good = try header(now, over: body)
            let headers: [(String, String?)] = [
                ("none", nil), ("empty", ""), ("no code", "t=\(now.milliseconds / 1_000)"),
                ("another secret", StripeSignature(secrets: ["whsec_x"]).header(for: Array(body.utf8), at: now)),
                ("another body", try header(now, over: body + " ")),
                ("old", try header(now - .seconds(301), over: body)),
                ("of the future", try header(now + .seconds(301), over: body)), ("cut", String(good.dropLast())),
                ("upper case", good.uppercased()),
            ]
            for (name, header) in headers {
                var fields: HTTPFields = [.contentType: "application/json"]
                fields[.stripeSignature] = header
                let answer = try await api.send(.post, "/api/webhook", headers: fields, body)
                #expect((answer.status, answer.code) == (.badRequest, "VALIDATION_ERROR"), "\(name)")
                #expect(answer.error["field"] as? String == "Stripe-Signature")
            }
            let two = HTTPFields([
                .init(name: .stripeSignature, value: good), .init(name: .stripeSignature, value: good),
            ])
            #expect(try await api.send(.post, "/api/webhook", headers: two, body).status == .badRequest)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM webhook_events") == 0)
            for moment in [now - .seconds(300), now + .seconds(300)] {
                let answer = try await api.send(
                    .post, "/api/webhook", headers: [.stripeSignature: try header(moment, over: body)], body)
                #expect(answer.status == .ok)
            }
            #expect(try await api.count("SELECT COUNT(*) AS n FROM webhook_events") == 1)
        }
    }

    @Test func `a body of 256 KiB is read, and one byte more is too much`() async throws {
        try await run { api in
            for (bytes, status) in [(256 << 10, HTTPResponse.Status.ok), (256 << 10 + 1, .contentTooLarge)] {
                var body = Array(try JSONText.encode(try await api.other("evt_\(bytes)")).utf8)
                body += [UInt8](repeating: UInt8(ascii: " "), count: bytes - body.count)
                #expect(try await api.deliver(body).status == status)
            }
            #expect(try await api.count("SELECT COUNT(*) AS n FROM webhook_events") == 1)
            // Signed, and no event.
            #expect(try await api.deliver(Array("[]".utf8)).status == .badRequest)
            #expect(try await api.deliver([]).status == .badRequest)
        }
    }

    @Test func `of fifty deliveries at once of one event one has an effect`() async throws {
        try await run { api in
            let token = try await api.signUp()
            let event = try await api.event(.active, of: token)
            let outcomes = try await withThrowingTaskGroup { group in
                for _ in 1...50 {
                    group.addTask {
                        try await api.connected { try await $0.deliver(event).data["outcome"] as? String ?? "none" }
                    }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["applied": 1, "duplicate": 49])
            #expect(try await api.count("SELECT COUNT(*) AS n FROM webhook_events") == 1)
            #expect(try await api.count("SELECT deliveries AS n FROM webhook_events") == 50)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM subscription_pictures") == 1)
        }
    }

    @Test func `one whose effect goes wrong is told as failed, so that it comes again, and then counts`() async throws {
        try await run { api in
            let token = try await api.signUp()
            let event = try await api.event(.active, of: token)
            try await api.database.migrate(
                [MigrationSet(module: "fault", [Migration(1, "away", ["ALTER TABLE subscriptions RENAME TO hidden"])])],
                at: SystemClock().now())
            let failed = try await api.deliver(event)
            #expect((failed.status, failed.code) == (.serviceUnavailable, "SERVICE_UNAVAILABLE"))
            #expect(!failed.text.contains("hidden") && !failed.text.contains("subscriptions"))
            _ = try await api.database.write { try $0.execute("ALTER TABLE hidden RENAME TO subscriptions") }
            #expect(try await api.deliver(event).data["outcome"] as? String == "applied")
            #expect(try await api.send(.get, "/api/subscription", token: token).data["plan"] as? String == "pro")
        }
    }

    @Test func `what is of nobody yet, or of no interest, is taken all the same`() async throws {
        try await run { api in
            #expect(try await api.deliver(try await api.other("evt_1")).data["outcome"] as? String == "ignored")
            let picture = Subscription(
                id: try #require(SubscriptionID("sub_9")), customer: try #require(CustomerID("cus_9")), status: .active,
                items: [], createdAt: SystemClock().now())
            let event = PaymentEvent(
                id: try #require(EventID("evt_2")), type: "x", createdAt: picture.createdAt,
                content: .subscription(picture))
            #expect(try await api.deliver(event).data["outcome"] as? String == "waiting")
        }
    }

    @Test func `no limit counts webhooks, whoever sends them`() async throws {
        let one = RateLimit(1, per: .seconds(3600))
        try await run(limits: RequestLimits(perAccount: one, perAddress: one)) { api async throws in
            for number in 1...20 {
                let answer = try await api.deliver(try await api.other("evt_\(number)"))
                #expect(answer.status == .ok && answer.headers[.rateLimit] == nil)
                #expect(try await api.send(.post, "/api/webhook", "{}").status == .badRequest)
            }
        }
    }

    @Test func `only what is posted is a webhook`() async throws {
        try await run { api async throws in
            for method in [HTTPRequest.Method.get, .put, .delete] {
                #expect(try await api.send(method, "/api/webhook").status == .methodNotAllowed)
            }
        }
    }
}

extension TestAPI {
    /// An event that gives pro to whose token it is.
    func event(
        _ status: SubscriptionStatus, of token: String, named name: String = "evt_1"
    ) async throws -> PaymentEvent {
        let user = try await send(.get, "/api/user", token: token)
        let account = try #require((user.data["id"] as? String).flatMap(AccountID.init))
        let now = SystemClock().now()
        let picture = Subscription(
            id: try #require(SubscriptionID("sub_1")), customer: try #require(CustomerID("cus_1")), account: account,
            status: status, items: [.init(price: try #require(PriceName("pro-month-1")))],
            period: BillingPeriod(start: now, end: now + .seconds(86_400 * 30)), createdAt: now)
        return PaymentEvent(
            id: try #require(EventID(name)), type: "customer.subscription.updated", createdAt: now,
            content: .subscription(picture))
    }

    /// One that nothing is done about.
    func other(_ name: String) async throws -> PaymentEvent {
        PaymentEvent(id: try #require(EventID(name)), type: "x", createdAt: SystemClock().now(), content: .other)
    }

    func deliver(
        _ event: PaymentEvent, to path: String = "/api/webhook", secret: String = WebhookPayments.secret
    ) async throws -> Answer {
        try await deliver(Array(try JSONText.encode(event).utf8), to: path, secret: secret)
    }

    func deliver(
        _ body: [UInt8], to path: String = "/api/webhook", secret: String = WebhookPayments.secret
    ) async throws -> Answer {
        let header = StripeSignature(secrets: [secret]).header(for: body, at: SystemClock().now())
        return try await send(.post, path, headers: [.stripeSignature: try #require(header)], bytes: body)
    }
}
