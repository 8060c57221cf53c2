import Auth
import Billing
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct BillingAccessTests {
    private func narrowed(_ account: AccountID, to scopes: String...) -> Principal {
        .signedIn(account, scopes: .only(Set(scopes.compactMap(Scope.init))))
    }

    private func changes(_ kiosk: Kiosk, _ caller: Principal) -> [(String, () async throws -> Void)] {
        let subscriptions = kiosk.subscriptions
        return [
            ("subscribe", { _ = try await kiosk.checkout("pro", as: caller) }),
            ("swap", { try await kiosk.swap(to: "max", as: caller) }),
            ("resume", { _ = try await subscriptions.resume(for: caller, from: .test) }),
            ("portal", { _ = try await subscriptions.openPortal(for: caller, returningTo: nil, servedAt: nil) }),
            ("cancel", { try await kiosk.cancel(as: caller) }),
        ]
    }

    private func looks(_ kiosk: Kiosk, _ caller: Principal) -> [(String, () async throws -> Void)] {
        let cases = kiosk.studio.useCases
        return [
            ("overview", { _ = try await cases.subscriptions.overview(of: caller) }),
            ("invoices", { _ = try await cases.subscriptions.invoices(of: caller, PageRequest()) }),
            ("usage", { _ = try await cases.usage.report(of: caller, from: nil, through: nil) }),
        ]
    }

    @Test func `to see takes another scope than to change, and neither is the other`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.subscribe(to: "lite")
        let reader = narrowed(kiosk.studio.account, to: "account:read")
        let payer = narrowed(kiosk.studio.account, to: "billing:write")
        let owner = narrowed(kiosk.studio.account, to: "account:write")
        for (name, look) in looks(kiosk, reader) { #expect(await refusal(look) == nil, "\(name)") }
        for (name, look) in looks(kiosk, payer) + looks(kiosk, owner) {
            #expect(await refusal(look) == "forbidden", "\(name)")
        }
        for (name, change) in changes(kiosk, reader) + changes(kiosk, owner) {
            #expect(await refusal(change) == "forbidden", "\(name)")
        }
        #expect(await refusal { try await kiosk.swap(to: "max", as: payer) } == nil)
    }

    @Test func `whatever somebody asks is about their own, and of others nothing is told or changed`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.subscribe(to: "max")
        let before = try await kiosk.payments.subscription(id)
        let eve = Principal.signedIn(.random())
        #expect(try await kiosk.standing(of: eve) == Standing("free", .assigned, nil))
        #expect(try await kiosk.subscriptions.invoices(of: eve, PageRequest()).items.isEmpty)
        #expect(try await kiosk.subscriptions.invoices(of: kiosk.caller, PageRequest()).items.count == 1)
        for (name, change) in changes(kiosk, eve) where name != "subscribe" {
            #expect(await refusal(change) == "conflict", "\(name)")
        }
        let customers = try await kiosk.studio.count("SELECT COUNT(*) AS n FROM billing_customers")
        let checkout = try await kiosk.checkout("lite", as: eve)
        #expect(try await kiosk.studio.count("SELECT COUNT(*) AS n FROM billing_customers") == customers + 1)
        _ = try await kiosk.payments.complete(checkout: checkout.id)
        #expect(try await kiosk.standing(of: eve).plan == "lite")
        #expect(try await kiosk.payments.subscription(id) == before)
        #expect(try await kiosk.standing().plan == "max")
    }

    @Test func `each change is in the audit log, with who and from where`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.subscribe(to: "lite")
        try await kiosk.swap(to: "max")
        try await kiosk.cancel()
        _ = try await kiosk.subscriptions.resume(for: kiosk.caller, from: .test)
        try await kiosk.cancel(atPeriodEnd: false)
        let entries = try await kiosk.studio.database.read { session in
            try session.rows("SELECT action, address, subject_id FROM audit_log").map { row in
                [
                    try row.get("action", as: String.self), try row.get("address", as: String.self),
                    try row.get("subject_id", as: String.self),
                ]
            }
        }
        #expect(
            entries.map(\.[0]).sorted() == [
                "billing.checkout_started", "billing.subscription_canceled", "billing.subscription_canceled",
                "billing.subscription_changed", "billing.subscription_resumed",
            ])
        #expect(entries.allSatisfy { $0[1] == "192.0.2.1" && $0[2] == kiosk.studio.account.text })
    }

    @Test func `nothing is looked after by who never paid`() async throws {
        let kiosk = try await Kiosk()
        for (name, change) in changes(kiosk, kiosk.caller) where name != "subscribe" {
            #expect(await refusal(change) == "conflict", "\(name)")
        }
        try await kiosk.subscribe(to: "lite")
        #expect(
            await refusal { try await kiosk.subscriptions.resume(for: kiosk.caller, from: .test) } == "conflict",
            "nothing is to be taken back")
        #expect(
            try await kiosk.subscriptions.openPortal(for: kiosk.caller, returningTo: nil, servedAt: nil)
                == "https://sounds.example.com/dev/portal")
    }

    @Test(arguments: [
        ("/library?tab=2", "https://sounds.example.com/library?tab=2"),
        ("https://sounds.example.com/kits", "https://sounds.example.com/kits"),
        ("https://evil.example/", "https://sounds.example.com/billing"),
        ("//evil.example/", "https://sounds.example.com/billing"),
        ("/\\evil.example", "https://sounds.example.com/billing"),
        ("https://sounds.example.com.evil.example/", "https://sounds.example.com/billing"),
        ("https://sounds.example.com@evil.example/", "https://sounds.example.com/billing"),
        ("https://sounds.example.com//evil.example", "https://sounds.example.com/billing"),
        ("javascript:alert(1)", "https://sounds.example.com/billing"),
    ])
    func `after paying a browser comes back to a page of ours`(_ path: String, _ expected: String) throws {
        let address = try ReturnAddress(site: "https://sounds.example.com", servedAt: "https://other.example")
        #expect(address.url(path, standard: "/billing") == expected)
        #expect(throws: ServiceError.self) { try ReturnAddress(site: nil, servedAt: nil) }
        #expect(try ReturnAddress(site: nil, servedAt: "http://a").url(nil, standard: "/billing") == "http://a/billing")
    }

    @Test func `invoices come in pages, newest first, each once`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.subscribe(to: "lite")
        for _ in 1...6 { try await kiosk.wait(.days(31), for: id) }
        let all = try await kiosk.subscriptions.invoices(of: kiosk.caller, PageRequest()).items
        #expect(all.count == 7 && all.allSatisfy { $0.status == .paid && $0.total == 499 })
        #expect(all.map(\.createdAt) == all.map(\.createdAt).sorted(by: >))
        var (paged, after) = ([Invoice](), PageCursor?.none)
        repeat {
            let page = try await kiosk.subscriptions.invoices(of: kiosk.caller, PageRequest(limit: 3, after: after))
            #expect(page.items.count <= 3)
            paged += page.items
            after = page.next
        } while after != nil
        #expect(paged == all)
    }
}
