import Billing
import Foundation
import HTTPTypes
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct BillingPageTests {
    private static let forms = [
        "/billing/subscribe", "/billing/swap", "/billing/cancel", "/billing/resume", "/billing/portal",
    ]

    @Test func `a browser subscribes, pays, changes, cancels and goes on`() async throws {
        try await Shop.run { api in
            _ = try await api.signUp()
            let cookie = try await api.signInBrowser()
            let page = try await api.send(.get, "/billing", headers: [.cookie: cookie])
            #expect(page.status == .ok && page.text.contains("<strong>Free</strong>"))
            #expect(page.text.contains("Subscribe to Pro, 9.99 USD a month"))
            let leave = try await api.post("/billing/subscribe", "plan=pro&interval=month", cookie: cookie)
            let url = try #require(leave.text.firstMatch(of: /href="http:\/\/localhost(\/dev\/checkout\/[\w-]+)"/)).1
            let checkout = try await api.send(.get, String(url))
            #expect(checkout.text.contains("1 × pro-month-1"))
            let paid = try await api.post(String(url), "card=good", cookie: nil)
            #expect((paid.status, paid.headers[.location]) == (.seeOther, "http://localhost/billing?paid=true"))
            let thanks = try await api.send(.get, "/billing?paid=true", headers: [.cookie: cookie])
            #expect(thanks.text.contains("Thank you.") && thanks.text.contains("<strong>Pro</strong>"))
            #expect(thanks.text.contains("Change to Max"))
            let swapped = try await api.post("/billing/swap", "plan=max&interval=month", cookie: cookie)
            #expect(swapped.text.contains("The plan is changed."))
            let cancelled = try await api.post("/billing/cancel", cookie: cookie)
            #expect(cancelled.text.contains("It is cancelled") && cancelled.text.contains("Go on with it"))
            let resumed = try await api.post("/billing/resume", cookie: cookie)
            #expect(resumed.text.contains("It goes on.") && resumed.text.contains("Cancel at the end of the period"))
            let portal = try await api.post("/billing/portal", cookie: cookie)
            #expect(portal.text.contains("/dev/portal"))
        }
    }

    @Test func `who is not signed in is sent to do so, and changes nothing`() async throws {
        try await Shop.run { api in
            let page = try await api.send(.get, "/billing")
            #expect((page.status, page.headers[.location]) == (.seeOther, "/signin?next=/billing"))
            for form in Self.forms {
                let answer = try await api.post(form, "plan=pro", cookie: nil)
                #expect(answer.status == .unauthorized, "\(form)")
            }
            #expect(try await api.count("SELECT COUNT(*) AS n FROM development_payments WHERE kind = 'checkout'") == 0)
        }
    }

    @Test func `no page of another site posts these forms`() async throws {
        // At midnight what a day allows would begin anew, and tell of it.
        let clock = ManualClock()
        try await Shop.run(clock: clock) { api in
            let token = try await api.signUp()
            _ = try await api.subscribe(to: "pro", token: token)
            let cookie = try await api.signInBrowser()
            let before = try await api.send(.get, "/api/subscription", token: token)
            clock.advance(by: .seconds(1))
            for form in Self.forms {
                for origin in ["https://evil.example", "null", nil] {
                    let answer = try await api.post(form, "plan=max", cookie: cookie, origin: origin)
                    #expect(answer.status == .forbidden, "\(form) from \(origin ?? "nowhere")")
                }
            }
            let after = try await api.send(.get, "/api/subscription", token: token)
            #expect(after.data as NSDictionary == before.data as NSDictionary)
        }
    }

    @Test func `what is wrong is said on the page, as text`() async throws {
        try await Shop.run { api in
            _ = try await api.signUp()
            let cookie = try await api.signInBrowser()
            let script = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E"
            for form in ["/billing/subscribe", "/billing/swap"] {
                let answer = try await api.post(form, "plan=\(script)&interval=\(script)", cookie: cookie)
                #expect(answer.status == .badRequest && answer.text.contains("role=\"alert\""))
                #expect(answer.text.contains("&lt;script&gt;alert(1)") && !answer.text.contains("<script>"))
            }
            let page = try await api.send(.get, "/billing?paid=\(script)", headers: [.cookie: cookie])
            #expect(page.text.contains("Max &lt;script&gt;") && !page.text.contains("<script>"))
            #expect(!page.text.contains("Thank you"))
            let conflict = try await api.post("/billing/cancel", cookie: cookie)
            #expect(conflict.status == .conflict && conflict.text.contains("role=\"alert\""))
        }
    }

    @Test func `where nothing is sold the page offers nothing`() async throws {
        try await TestAPI.run(book: try Shop.book()) { api in
            _ = try await api.signUp()
            let page = try await api.send(.get, "/billing", headers: [.cookie: try await api.signInBrowser()])
            #expect(page.status == .ok && !page.text.contains("Subscribe to") && !page.text.contains("<form"))
        }
    }
}

@Suite struct DevelopmentPageTests {
    private func checkout(_ api: TestAPI) async throws -> String {
        let token = try await api.signUp()
        let begun = try await api.send(.post, "/api/subscribe", token: token, #"{"plan": "pro"}"#)
        let url = try #require((begun.data["url"] as? String).flatMap { URL(string: $0) })
        return url.path
    }

    @Test func `they are there where nobody pays, and nowhere else`() async throws {
        try await Shop.run { api async throws in
            #expect(try await api.send(.get, "/dev/portal").status == .ok)
            #expect(try await api.send(.get, try await checkout(api)).status == .ok)
        }
        try await TestAPI.run(
            book: try Shop.book(),
            payments: .init(.provider(WebhookPayments(), webhookSecrets: [WebhookPayments.secret]))
        ) { api async throws in
            for path in ["/dev/portal", "/dev/checkout/x"] {
                #expect(try await api.send(.get, path).status == .notFound)
                #expect(try await api.post(path, "card=good", cookie: nil).status == .notFound)
            }
            #expect(!api.routes.contains { $0.path.hasPrefix("/dev") })
        }
        try await TestAPI.run { api in #expect(!api.routes.contains { $0.path.hasPrefix("/dev") }) }
    }

    @Test func `a card that fails subscribes to nothing`() async throws {
        try await Shop.run { api in
            let path = try await checkout(api)
            #expect(try await api.post(path, "card=bad", cookie: nil).status == .seeOther)
            let login = try await api.send(
                .post, "/api/auth/login", #"{"email": "ada@example.com", "password": "correct horse 9"}"#)
            let token = try #require(login.data["access_token"] as? String)
            let shown = try await api.send(.get, "/api/subscription", token: token)
            #expect(shown.data["status"] as? String == "incomplete" && shown.data["plan"] as? String == "free")
        }
    }

    @Test func `no page of another site pays, and what is not there is not found`() async throws {
        try await Shop.run { api in
            let path = try await checkout(api)
            for origin in ["https://evil.example", nil] {
                #expect(try await api.post(path, "card=good", cookie: nil, origin: origin).status == .forbidden)
            }
            #expect(try await api.count("SELECT COUNT(*) AS n FROM subscriptions") == 0)
            for id in ["nonsense", UUID().uuidString.lowercased(), "%00", "..%2f"] {
                // Some are refused before a route sees them, and end the connection.
                let answer = try await api.connected { try await $0.send(.get, "/dev/checkout/\(id)") }
                #expect([.notFound, .badRequest].contains(answer.status), "\(id)")
            }
        }
    }

    @Test func `nothing from outside passes for what this provider tells`() async throws {
        try await Shop.run { api in
            let event = try await api.event(.active, of: try await api.signUp())
            #expect(try await api.deliver(event).status == .notFound)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM subscriptions") == 0)
        }
    }
}
