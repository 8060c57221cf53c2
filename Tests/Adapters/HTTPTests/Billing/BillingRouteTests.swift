import Billing
import Foundation
import HTTPTypes
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct BillingRouteTests {
    @Test func `from free to pro to cancelled, and what is allowed follows`() async throws {
        try await Shop.run { api in
            let token = try await api.signUp()
            let before = try await api.send(.get, "/api/subscription", token: token)
            #expect(before.data["plan"] as? String == "free" && before.data["ground"] as? String == "assigned")
            #expect(before.data["status"] is NSNull && before.data["current_period_end"] is NSNull)
            let large = Sound.wav([Int16](repeating: 0, count: 60_000), rate: 22_050)
            #expect(try await api.upload(large, token: token).status == .contentTooLarge)

            _ = try await api.subscribe(to: "pro", token: token)
            for path in ["/api/subscription", "/api/billing/subscription"] {
                let paid = try await api.send(.get, path, token: token)
                #expect(paid.data["plan"] as? String == "pro" && paid.data["status"] as? String == "active")
                #expect(paid.data["cancel_at_period_end"] as? Bool == false)
                let items = try #require(paid.data["items"] as? [[String: Any]])
                #expect(items.count == 1 && items[0]["price"] as? String == "pro-month-1")
                let quota = try #require(paid.data["quota"] as? [String: [String: Any]])
                #expect(quota["uploads"]?["limit"] as? Int == 100)
            }
            #expect(try await api.upload(large, token: token).status == .accepted)

            let swapped = try await api.send(.post, "/api/billing/swap", token: token, #"{"plan": "max"}"#)
            #expect(swapped.status == .ok && swapped.data["plan"] as? String == "max")
            let cancelled = try await api.send(.post, "/api/cancel", token: token)
            #expect(
                cancelled.data["cancel_at_period_end"] as? Bool == true && cancelled.data["plan"] as? String == "max")
            let resumed = try await api.send(.post, "/api/billing/resume", token: token)
            #expect(resumed.data["cancel_at_period_end"] as? Bool == false)
            let ended = try await api.send(.post, "/api/billing/cancel", token: token, #"{"now": true}"#)
            #expect(ended.data["plan"] as? String == "free" && ended.data["status"] as? String == "canceled")
            #expect(ended.data["ended_at"] is String)
            #expect(try await api.upload(large, token: token).status == .contentTooLarge)
        }
    }

    @Test func `what cannot be had is refused by its field`() async throws {
        try await Shop.run { api in
            let token = try await api.signUp()
            for (body, field) in [
                (#"{"plan": "gold"}"#, "plan"), (#"{"plan": "free"}"#, "plan"),
                (#"{"plan": "pro", "interval": "week"}"#, "interval"),
                (#"{"plan": "pro", "interval": "year"}"#, "interval"),
                (#"{"plan": "pro", "add_ons": {"room": 1}}"#, "add_ons"), (#"{}"#, "plan"),
            ] {
                for path in ["/api/subscribe", "/api/billing/subscribe", "/api/billing/swap"] {
                    let answer = try await api.send(.post, path, token: token, body)
                    #expect(
                        answer.status == .badRequest && answer.error["field"] as? String == field, "\(path) \(body)")
                }
            }
            for path in ["/api/cancel", "/api/billing/resume", "/api/billing/portal"] {
                #expect(try await api.send(.post, path, token: token).status == .conflict, "\(path)")
            }
            #expect(
                try await api.send(.post, "/api/billing/swap", token: token, #"{"plan": "pro"}"#).status == .conflict)
            _ = try await api.subscribe(to: "pro", token: token)
            let twice = try await api.send(.post, "/api/subscribe", token: token, #"{"plan": "max"}"#)
            #expect((twice.status, twice.code) == (.conflict, "CONFLICT"))
            let portal = try await api.send(.post, "/api/billing/portal", token: token)
            #expect(portal.status == .created && (portal.data["url"] as? String)?.hasSuffix("/dev/portal") == true)
        }
    }

    @Test func `the same request with its key begins one checkout`() async throws {
        try await Shop.run { api in
            let token = try await api.signUp()
            let key: HTTPFields = [.named("Idempotency-Key"): "subscribe-1"]
            let first = try await api.send(.post, "/api/subscribe", token: token, headers: key, #"{"plan": "pro"}"#)
            let again = try await api.send(.post, "/api/subscribe", token: token, headers: key, #"{"plan": "pro"}"#)
            #expect(first.status == .created && again.data["url"] as? String == first.data["url"] as? String)
            let other = try await api.send(.post, "/api/subscribe", token: token, headers: key, #"{"plan": "max"}"#)
            #expect(other.status == .unprocessableContent)
        }
    }

    @Test func `a service that takes no money says so`() async throws {
        try await TestAPI.run(book: try Shop.book()) { api in
            let token = try await api.signUp()
            for (path, body) in [
                ("/api/subscribe", #"{"plan": "pro"}"#), ("/api/cancel", ""), ("/api/billing/resume", ""),
                ("/api/billing/swap", #"{"plan": "pro"}"#), ("/api/billing/portal", ""),
            ] {
                let answer = try await api.send(.post, path, token: token, body)
                #expect((answer.status, answer.code) == (.serviceUnavailable, "SERVICE_UNAVAILABLE"), "\(path)")
            }
            #expect(try await api.send(.get, "/api/subscription", token: token).status == .ok)
            #expect(try await api.send(.get, "/api/billing/invoices", token: token).list.isEmpty)
            #expect(try await api.send(.post, "/api/webhook", "{}").status == .notFound)
        }
    }

    @Test func `plans are for everybody to see, the cheapest first, with what they allow`() async throws {
        try await Shop.run { api in
            let plans = try await api.send(.get, "/api/billing/plans")
            #expect(plans.status == .ok && plans.list.compactMap { $0["name"] as? String } == ["free", "pro", "max"])
            let pro = plans.list[1]
            #expect((pro["limits"] as? [String: Any])?["uploads_per_month"] as? Int == 100)
            #expect((pro["limits"] as? [String: Any])?["storage_bytes"] is NSNull)
            let price = try #require((pro["prices"] as? [[String: Any]])?.first)
            #expect(price["cents"] as? Int == 999 && price["interval"] as? String == "month")
        }
    }

    @Test func `keys are good for what they were made for: to see, or to change`() async throws {
        try await Shop.run { api in
            let token = try await api.signUp()
            _ = try await api.subscribe(to: "pro", token: token)
            func key(_ scope: String) async throws -> String {
                let made = try await api.send(
                    .post, "/api/auth/keys", token: token, "{\"name\": \"k\", \"scopes\": [\"\(scope)\"]}")
                return try #require(made.data["key"] as? String)
            }
            let (reader, payer) = (try await key("account:read"), try await key("billing:write"))
            for path in ["/api/subscription", "/api/usage", "/api/billing/invoices"] {
                #expect(try await api.send(.get, path, token: reader).status == .ok, "\(path)")
                #expect(try await api.send(.get, path, token: payer).status == .forbidden, "\(path)")
            }
            for (path, body, allowed) in [
                ("/api/subscribe", #"{"plan": "max"}"#, HTTPResponse.Status.conflict),
                ("/api/billing/swap", #"{"plan": "max"}"#, .ok), ("/api/billing/portal", "", .created),
                ("/api/cancel", "", .ok), ("/api/billing/resume", "", .ok),
            ] {
                #expect(try await api.send(.post, path, token: reader, body).status == .forbidden, "\(path)")
                #expect(try await api.send(.post, path, token: payer, body).status == allowed, "\(path)")
                #expect(try await api.send(.post, path, body).status == .unauthorized, "\(path)")
            }
        }
    }

    @Test func `invoices are one's own, in pages whose cursors are nobody else's`() async throws {
        let clock = ManualClock()
        try await Shop.run(clock: clock) { api in
            let (ada, eve) = (try await api.signUp(), try await api.signUp("eve@example.com"))
            let id = try await api.subscribe(to: "pro", token: ada)
            for month in 1...4 {
                _ = try await api.development.advance(id, to: clock.now() + .seconds(86_400 * 31 * month))
            }
            let first = try await api.send(.get, "/api/billing/invoices?limit=2", token: ada)
            let cursor = try #require(first.meta["next_cursor"] as? String)
            let second = try await api.send(.get, "/api/billing/invoices?limit=2&cursor=\(cursor)", token: ada)
            #expect(first.list.count == 2 && second.list.count == 2)
            let ids = (first.list + second.list).compactMap { $0["id"] as? String }
            #expect(Set(ids).count == 4)
            #expect(first.list[0]["total"] as? Int == 999 && first.list[0]["status"] as? String == "paid")
            #expect(try await api.send(.get, "/api/billing/invoices", token: eve).list.isEmpty)
            #expect(
                try await api.send(.get, "/api/billing/invoices?limit=2&cursor=\(cursor)", token: eve).status
                    == .badRequest)
            #expect(try await api.send(.get, "/api/billing/invoices?limit=0", token: ada).status == .badRequest)
        }
    }

    @Test func `what the provider says no to has its status`() async throws {
        try await TestAPI.run(
            book: try Shop.book(),
            payments: .init(.provider(WebhookPayments(), webhookSecrets: [WebhookPayments.secret]))
        ) { api in
            let token = try await api.signUp()
            let begun = try await api.send(.post, "/api/subscribe", token: token, #"{"plan": "pro"}"#)
            #expect(begun.status == .serviceUnavailable && !begun.text.contains("away"))
            let event = try await api.event(.active, of: token)
            #expect(try await api.deliver(event).status == .ok)
            #expect(try await api.send(.post, "/api/cancel", token: token).status == .unprocessableContent)
            #expect(try await api.send(.post, "/api/billing/resume", token: token).status == .conflict)
            #expect(
                try await api.send(.post, "/api/billing/swap", token: token, #"{"plan": "max"}"#).status
                    == .serviceUnavailable)
            #expect(try await api.send(.get, "/api/subscription", token: token).data["plan"] as? String == "pro")
        }
    }
}
