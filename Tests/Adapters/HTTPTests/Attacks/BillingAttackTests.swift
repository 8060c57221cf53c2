import Billing
import HTTPTypes
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct BillingAttackTests {
    private func book() throws -> PlanBook {
        let price = PlanPrice(try #require(PriceName("pro-month-1")), 999)
        return try PlanBook(
            defaultPlan: "free", plans: ["free": Plan(uploadsPerMonth: 1), "pro": Plan(prices: [price], trialDays: 0)])
    }

    @Test func `what a body says of whose it is, what it costs and how long it is tried counts nothing`() async throws {
        try await TestAPI.run(book: book(), payments: PaymentOptions(.development)) { api in
            _ = try await api.useCases.billingOperation.publishPrices()
            let (ada, eve) = (try await api.signUp(), try await api.signUp("eve@example.com"))
            let other = try await api.send(.get, "/api/user", token: ada)
            let id = try #require((other.data["user"] as? [String: Any] ?? other.data)["id"] as? String)
            let body = """
                {"plan": "pro", "account": "\(id)", "user": "\(id)", "user_id": "\(id)", "customer": "cus_1", "price": "pro-month-0",
                "cents": 1, "quantity": 0, "items": [], "trial_days": 730, "status": "active", "ground": "assigned"}
                """
            #expect(try await api.send(.post, "/api/subscribe", token: eve, body).status == .badRequest)
            let begun = try await api.send(.post, "/api/subscribe", token: eve, #"{"plan": "pro"}"#)
            #expect(begun.status == .created)
            let url = try #require(begun.data["url"] as? String)
            let payments = try api.useCases.billingOperation.development()
            let made = try await payments.complete(checkout: String(try #require(url.split(separator: "/").last)))
            #expect(made.status == .active && made.items.map(\.price.text) == ["pro-month-1"])
            let (hers, his) = (
                try await api.send(.get, "/api/subscription", token: eve),
                try await api.send(.get, "/api/subscription", token: ada)
            )
            #expect((hers.data["plan"] as? String, his.data["plan"] as? String) == ("pro", "free"))
            let bills = try await api.send(.get, "/api/billing/invoices", token: eve)
            #expect(bills.list.map { $0["total"] as? Int } == [999])
        }
    }

    @Test(arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\u{0}/x"])
    func `paying sends nobody to another site, neither after nor instead`(url: String) async throws {
        try await TestAPI.run(book: book(), payments: PaymentOptions(.development)) { api in
            _ = try await api.useCases.billingOperation.publishPrices()
            let token = try await api.signUp()
            let text = url.replacing("\\", with: "\\\\").replacing("\u{0}", with: "\\u0000")
            let begun = try await api.send(
                .post, "/api/subscribe", token: token,
                #"{"plan": "pro", "success_url": "\#(text)", "cancel_url": "\#(text)"}"#)
            guard begun.status == .created else { return #expect(begun.status == .badRequest) }
            let name = try #require((begun.data["url"] as? String)?.split(separator: "/").last.map(String.init))
            let kept = try await api.useCases.billingOperation.development().checkout(name)
            for url in [kept.successURL, kept.cancelURL] {
                #expect(url.hasPrefix("http://localhost") && url.contains("/billing"), "\(url)")
            }
        }
    }
}
