import Foundation
import StorageTestKit
import Testing

/// Plans and their limits on the running service, as people and operators meet them.
@Suite struct BillingTests {
    private static let development = ["WAXWING_PAYMENTS": "development", "WAXWING_ENVIRONMENT": "development"]

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `who meets a limit is told which it is, and an operator mends what counts`(
        on deployment: Deployment
    ) async throws {
        let service = try await BilledService(on: deployment, [:])
        #expect(try await service.run("users", "plan", "ada@example.com").contains("has free, version 1 (assigned)"))
        let large = try await service.refusal(ofSeconds: 2)
        #expect(large.status == 413)
        #expect(large.details["unit"] as? String == "upload_bytes" && large.details["limit"] as? Int == 60_000)
        for _ in 1...3 {
            let job = try await service.upload(seconds: 1)
            #expect(try await service.server.finished(job, token: service.token)["status"] as? String == "completed")
        }
        let before = Date().ISO8601Format()
        let many = try await service.refusal(ofSeconds: 1)
        #expect(many.status == 429)
        #expect(many.details["unit"] as? String == "uploads" && many.details["limit"] as? Int == 3)
        #expect(many.details["used"] as? Int == 3)
        let resets = try #require(many.details["resets_at"] as? String)
        #expect(resets.contains("-01T00:00:00") && resets > before)

        #expect(try await service.run("usage", "show", "ada@example.com").contains("plan free (assigned)"))
        let corrected = try await service.run(
            "usage", "correct", "ada@example.com", "uploads", "--reason", "our fault", "--", "-1")
        #expect(corrected == "2 uploads are used now\n")
        _ = try await service.upload(seconds: 1)
        #expect(try await service.refusal(ofSeconds: 1).status == 429)
        let below = try await service.run(
            "usage", "correct", "ada@example.com", "uploads", "--reason", "too much", "--", "-9", status: 1)
        #expect(!below.contains("used now"))
        #expect(try await service.quota("uploads")["used"] as? Int == 3)

        try await service.run("users", "plan", "ada@example.com", "gold", status: 1)
        #expect(
            try await service.run("users", "plan", "ada@example.com", "pro", "--stays").contains("has pro, version 1"))
        let more = try await service.upload(seconds: 2)
        #expect(try await service.server.finished(more, token: service.token)["status"] as? String == "completed")
        let economics = try await service.run("usage", "economics", "--fixed-costs", "49.90")
        #expect(economics.contains("pro") && !economics.contains("free"))
        #expect(try await service.run("usage", "verify").contains("everything adds up"))
        // Nothing is paid here, and that is said.
        #expect(
            try await service.post("/api/subscribe", #"{"plan": "pro"}"#, expecting: 503)["code"] as? String
                == "SERVICE_UNAVAILABLE")
        #expect(try await service.server.send("POST", "/api/webhook", []).status == 404)
        #expect(await service.server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `in development the whole life of a subscription is played by hand`(on deployment: Deployment) async throws {
        let service = try await BilledService(on: deployment, Self.development, delay: 3_600)
        func play(_ step: String, _ more: String...) async throws -> String {
            try await service.run("dev", "billing", step, "ada@example.com")
        }
        try await service.run("plans", "publish")
        try await service.run("dev", "billing", "pay", "ada@example.com", status: 1)
        let url = try #require(
            try await service.post("/api/subscribe", #"{"plan": "pro"}"#, expecting: 201)["url"] as? String)
        let path = try #require(url.split(separator: "\(service.server.port)", maxSplits: 1).last.map(String.init))
        let paid = try await service.server.send(
            "POST", path, type: "application/x-www-form-urlencoded", headers: ["Sec-Fetch-Site": "same-origin"],
            Array("card=good".utf8))
        // Back at the page that shows the plan, which wants a sign-in.
        #expect(paid.status == 200)
        try await service.expect("pro", "subscription", "active")
        try await service.post("/api/cancel")
        #expect(try await service.expect("pro", "subscription", "active")["cancel_at_period_end"] as? Bool == true)
        try await service.post("/api/billing/resume")
        #expect(try await service.expect("pro", "subscription", "active")["cancel_at_period_end"] as? Bool == false)
        try await service.post("/api/billing/swap", #"{"plan": "enterprise"}"#)
        try await service.expect("enterprise", "subscription", "active")

        #expect(try await play("fail").contains("past_due"))
        try await service.expect("enterprise", "grace", "past_due")
        #expect(try await play("fail").contains("unpaid"))
        try await service.expect("free", "assigned", "unpaid")
        #expect(try await play("pay").contains("active"))
        try await service.expect("enterprise", "subscription", "active")
        #expect(try await play("refund").contains("active"))
        let invoices = try await service.server.all("/api/billing/invoices", token: service.token)
        #expect(invoices.count >= 2 && invoices.first?["refunded"] as? Int == invoices.first?["paid"] as? Int)
        #expect(invoices.first?["paid"] as? Int ?? 0 > 0)

        try await service.post("/api/billing/swap", #"{"plan": "pro"}"#)
        #expect(try await service.expect("enterprise", "subscription", "active")["changes_at"] is String)
        try await service.run("dev", "billing", "advance", "ada@example.com", "--days", "63")
        try await service.expect("pro", "subscription", "active")
        try await service.post("/api/cancel", #"{"now": true}"#)
        try await service.expect("free", "assigned", "canceled")
        try await service.post("/api/billing/resume", expecting: 409)
        #expect(await service.server.stop() == 0)
    }

    @Test(
        arguments: [
            ["WAXWING_PAYMENTS": "development"],
            ["WAXWING_PAYMENTS": "development", "WAXWING_ENVIRONMENT": "production"],
            ["WAXWING_PAYMENTS": "development", "WAXWING_ENVIRONMENT": "development", "WAXWING_HOST": "0.0.0.0"],
            ["WAXWING_PAYMENTS": "development", "WAXWING_ENVIRONMENT": "development", "STRIPE_KEY": "sk_test_canary"],
            ["WAXWING_PAYMENTS": "free"], ["STRIPE_WEBHOOK_SECRET": "whsec_canary"], ["STRIPE_KEY": "sk_test_canary"],
            ["STRIPE_KEY": "canary", "STRIPE_WEBHOOK_SECRET": "whsec_canary"],
            [
                "STRIPE_KEY": "sk_test_canary", "STRIPE_WEBHOOK_SECRET": "whsec_canary",
                "STRIPE_API_BASE": "http://stripe.example",
            ],
        ])
    func `payments that are set wrongly stop the start, by name and without secrets`(
        _ settings: [String: String]
    ) async throws {
        let folder = try TemporaryFolder()
        let result = try await Program.run(
            ["serve"], environment: settings.merging(["PORT": "0", "WAXWING_DATA": folder.path]) { $1 })
        #expect(result.status != 0)
        #expect(settings.keys.contains { result.errors.contains($0) }, "\(result.errors)")
        #expect(!result.errors.contains("canary"))
    }
}
