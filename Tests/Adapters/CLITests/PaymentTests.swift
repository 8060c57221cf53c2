import Crypto
import Foundation
import StorageTestKit
import Testing

/// Somebody pays on the running service, and a program that speaks as Stripe does tells of it.
@Suite(.enabled(if: StripeProgram.isThere, StripeProgram.hint))
struct PaymentTests {
    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `from free to pro, larger, smaller and back to free, and the limits follow at each step`(
        on deployment: Deployment
    ) async throws {
        let service = try await BilledService(on: deployment, delay: 3_600)
        let stripe = try #require(service.stripe)
        #expect(try await service.run("plans", "publish") == "0 prices were made known\n")
        // Free: small, and later.
        #expect(try await service.refusal(ofSeconds: 2).status == 413)
        let slow = try await service.upload(seconds: 1)
        #expect(try await service.run("jobs", "ls", "--queue", "free", "--ids").contains(slow))

        try await service.subscribe(to: #"{"plan": "pro"}"#)
        #expect(try await service.expect("pro", "subscription", "active")["current_period_end"] is String)
        let quick = try await service.upload(seconds: 2)
        #expect(try await service.run("jobs", "ls", "--queue", "pro", "--ids").contains(quick))
        #expect(try await service.server.finished(quick, token: service.token)["status"] as? String == "completed")
        try await service.post("/api/subscribe", #"{"plan": "pro"}"#, expecting: 409)

        // Room beside the plan.
        #expect(try await service.quota("storage_bytes")["limit"] as? Int == 400_000)
        try await service.change("/api/billing/swap", #"{"plan": "pro", "add_ons": {"storage": 2}}"#)
        try await service.subscription { ($0["items"] as? [Any])?.count == 2 }
        #expect(try await service.quota("storage_bytes")["limit"] as? Int == 2_400_000)
        try await service.post("/api/billing/swap", #"{"plan": "pro", "add_ons": {"storage": 6}}"#, expecting: 400)

        // Larger at once; smaller when what is paid for has ended.
        #expect(try await service.refusal(ofSeconds: 4).status == 413)
        try await service.change("/api/billing/swap", #"{"plan": "enterprise"}"#)
        try await service.expect("enterprise", "subscription", "active")
        let large = try await service.upload(seconds: 4)
        #expect(try await service.server.finished(large, token: service.token)["status"] as? String == "completed")
        try await service.change("/api/billing/swap", #"{"plan": "pro"}"#)
        let down = try await service.subscription { "\($0["items"] ?? "")".contains("pro-month") }
        #expect(down["plan"] as? String == "enterprise" && down["changes_at"] is String)
        try await stripe.advance(days: 32)
        try await service.expect("pro", "subscription", "active")
        #expect(try await service.refusal(ofSeconds: 4).status == 413)

        // Ended, taken back, ended for good.
        try await service.change("/api/cancel")
        try await service.subscription { $0["cancel_at_period_end"] as? Bool == true }
        try await service.expect("pro", "subscription", "active")
        try await service.change("/api/billing/resume")
        try await service.subscription { $0["cancel_at_period_end"] as? Bool == false }
        try await service.change("/api/cancel")
        try await service.subscription { $0["cancel_at_period_end"] as? Bool == true }
        try await stripe.advance(days: 32)
        #expect(try await service.expect("free", "assigned", "canceled")["ended_at"] is String)

        // All that is there stays; nothing comes to it.
        let samples = try await service.server.all("/api/samples", token: service.token)
        #expect(samples.count == 2)
        for sample in samples {
            let id = try #require(sample["id"] as? String)
            #expect(
                try await service.server.send("GET", "/api/samples/\(id)/audio", token: service.token).status == 200)
        }
        let full = try await service.refusal(ofSeconds: 1)
        #expect(full.status == 429, "\(full.details)")
        #expect(try await service.run("usage", "verify").contains("everything adds up"))
        #expect(try await stripe.deliveries().allSatisfy { $0["status"] as? Int == 200 })
        #expect(await service.server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a payment that fails is waited for, and then everything is small until it is paid`(
        on deployment: Deployment
    ) async throws {
        let service = try await BilledService(on: deployment)
        let stripe = try #require(service.stripe)
        try await service.post("/api/billing/portal", expecting: 409)
        let url = try #require(
            try await service.post("/api/subscribe", #"{"plan": "pro"}"#, expecting: 201)["url"] as? String)
        #expect(try await stripe.press(url, "card=declines") == 402)
        try await service.expect("free", "assigned", nil)
        #expect(try await stripe.press(url, "card=pays") == 303)
        try await service.expect("pro", "subscription", "active")

        try await stripe.send("POST", "/test/settings", "after_retries=unpaid")
        let customer = try await stripe.subscription().customer
        try await stripe.send("POST", "/test/card", "customer=\(customer)&card=declines")
        try await stripe.advance(days: 32)
        try await service.expect("pro", "grace", "past_due")
        try await stripe.advance(days: 9)
        try await service.expect("free", "assigned", "unpaid")
        let portal = try #require(try await service.post("/api/billing/portal", expecting: 201)["url"] as? String)
        #expect(try await stripe.press(portal, "action=card&card=pays") == 303)
        #expect(try await stripe.press(portal, "action=pay") == 303)
        try await service.expect("pro", "subscription", "active")

        let invoices = try await service.server.all("/api/billing/invoices", token: service.token)
        #expect(invoices.map { $0["status"] as? String } == ["paid", "paid"])
        #expect(invoices.allSatisfy { $0["paid"] as? Int == 999 && $0["currency"] as? String == "usd" })
        #expect(await service.server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `what is told late, twice or backwards ends the same, and what is never told is asked for`(
        on deployment: Deployment
    ) async throws {
        let service = try await BilledService(on: deployment)
        let stripe = try #require(service.stripe)
        try await stripe.send("POST", "/test/manner", "hold=true&order=backwards&copies=3")
        try await service.subscribe(to: #"{"plan": "pro"}"#)
        try await service.expect("free", "assigned", nil)
        let sent = try #require(try await stripe.send("POST", "/test/deliver")["sent"] as? Int)
        #expect(sent >= 9 && sent.isMultiple(of: 3))
        #expect(try await stripe.deliveries().allSatisfy { $0["status"] as? Int == 200 })
        try await service.expect("pro", "subscription", "active")

        let events = try await service.records("webhooks", "ls")
        #expect(events.count == sent / 3 && events.allSatisfy { $0["deliveries"] as? Int == 3 })
        let event = try #require(
            events.first { $0["type"] as? String == "checkout.session.completed" }?["id"] as? String)
        #expect(try await service.run("webhooks", "show", event, "--json").contains(#""outcome" : "applied""#))
        #expect(try await service.run("webhooks", "replay", event) == "nothing: it was done before\n")
        #expect(try await service.run("webhooks", "replay", event, "--force") == "applied\n")
        try await service.run("webhooks", "show", "evt_none", status: 1)
        try await service.run("webhooks", "replay", "evt_none", status: 1)

        // Cancelled in the provider's dashboard, and nobody told.
        _ = try await service.run("webhooks", "reconcile")
        let subscription = try await stripe.subscription().id
        try await stripe.advance(seconds: 2)
        try await stripe.send("DELETE", "/v1/subscriptions/\(subscription)")
        try await service.expect("pro", "subscription", "active")
        #expect(
            try await service.run("webhooks", "reconcile")
                == "\(subscription)  was active, is canceled\n1 customers compared, 1 subscriptions repaired\n")
        try await service.expect("free", "assigned", "canceled")
        _ = try await stripe.send("POST", "/test/deliver")
        #expect(try await stripe.deliveries().allSatisfy { $0["status"] as? Int == 200 })
        try await service.expect("free", "assigned", "canceled")
        #expect(try await service.records("webhooks", "ls", "--outcome", "failed").isEmpty)
        #expect(await service.server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `what is not the provider's, or not from now, changes nothing and is not kept`(
        on deployment: Deployment
    ) async throws {
        let service = try await BilledService(on: deployment)
        let stripe = try #require(service.stripe)
        try await stripe.send("POST", "/test/manner", "hold=true")
        try await service.subscribe(to: #"{"plan": "pro"}"#)
        try await stripe.send("POST", "/v1/products", "name=other")
        let user = try #require(
            (try await service.server.get("/api/user", token: service.token)["data"] as? [String: Any])?["id"]
                as? String)
        // Asked anew for each header, which is good for minutes.
        func now() -> Int { Int(Date().timeIntervalSince1970) }
        let body = Array(Self.event(for: user, at: now()).utf8)
        func deliver(_ header: String?, _ body: [UInt8]) async throws -> Int {
            try await service.server.send(
                "POST", "/api/webhook", headers: header.map { ["Stripe-Signature": $0] } ?? [:], body
            ).status
        }
        func signed(at moment: Int, _ secret: String = stripe.secret) -> String {
            let code = HMAC<SHA256>.authenticationCode(
                for: Array("\(moment).".utf8) + body, using: SymmetricKey(data: Array(secret.utf8)))
            return "t=\(moment),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        for header in [
            nil, "", "t=\(now())", "v1=00", signed(at: now(), "whsec_other"), signed(at: now(), ""),
            signed(at: now() - 310), signed(at: now() + 3600), signed(at: now()).uppercased(),
            signed(at: now()).replacing("t=", with: "t=0"), signed(at: now()) + "," + signed(at: now() - 400),
        ] {
            #expect(try await deliver(header, body) == 400, "\(header ?? "none")")
        }
        #expect(try await deliver(signed(at: now()), body + [0x20]) == 400)
        #expect(try await deliver(signed(at: now()), Array(repeating: 0x20, count: 300_000)) == 413)
        #expect(try await service.records("webhooks", "ls").isEmpty)
        try await service.expect("free", "assigned", nil)

        // The same, as it should be: once, however often.
        #expect(try await deliver(signed(at: now()), body) == 200)
        try await service.expect("enterprise", "subscription", "active")
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<20 { group.addTask { try? await deliver(signed(at: now() - 1), body) } }
            for await status in group { #expect(status == 200) }
        }
        let kept = try await service.records("webhooks", "ls")
        #expect(kept.count == 1 && kept.first?["deliveries"] as? Int == 21)
        #expect(await service.server.stop() == 0)
    }

    /// As Stripe would tell of a subscription.
    private static func event(for user: String, at moment: Int) -> String {
        """
        {"id": "evt_forged", "object": "event", "api_version": "2025-02-24.acacia", "created": \(moment), "livemode": false,
         "type": "customer.subscription.created", "data": {"object": {
           "id": "sub_forged", "object": "subscription", "customer": "cus_forged", "status": "active", "created": \(moment),
           "cancel_at_period_end": false, "current_period_start": \(moment), "current_period_end": \(moment + 2_592_000),
           "metadata": {"waxwing_account": "\(user)"},
           "items": {"object": "list", "has_more": false, "data": [{
             "id": "si_forged", "object": "subscription_item", "quantity": 1, "price": {
               "id": "price_forged", "object": "price", "lookup_key": "enterprise-month", "currency": "usd",
               "unit_amount": 9900, "recurring": {"interval": "month", "interval_count": 1}}}]}}}}
        """
    }
}
