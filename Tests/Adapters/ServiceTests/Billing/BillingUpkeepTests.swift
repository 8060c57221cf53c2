import Billing
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct BillingUpkeepTests {
    @Test func `the upkeep of payments asks about who is in doubt, and puts right what was not told`() async throws {
        let provider = ScriptedPayments()
        let studio = try await Studio(
            book: try .kiosk(), payments: PaymentOptions(.provider(provider, webhookSecrets: ["whsec_1"])))
        let now = studio.clock.now()
        var picture = Subscription(
            id: "sub_1", customer: "cus_1", account: studio.account, status: .active,
            items: [.init(price: "pro-month-1")],
            period: BillingPeriod(start: now, end: now + .days(30)), createdAt: now)
        let known = picture
        _ = try await studio.database.write { session in
            try Billing.Subscriptions().note(known, at: now, from: .asked(now), in: session)
        }
        picture.status = .canceled
        provider.know(picture)
        studio.clock.advance(by: .days(2))
        provider.answer(with: .unavailable("away"))
        try await studio.useCases.upkeep.run(.payments)
        #expect(try await plan(studio) == "pro")
        provider.answer(with: nil)
        studio.clock.advance(by: .days(2))
        try await studio.useCases.upkeep.run(.payments)
        #expect(try await plan(studio) == "free")
        // And then leaves the provider in peace.
        let asked = provider.asked.count
        try await studio.useCases.upkeep.run(.payments)
        #expect(provider.asked.count == asked)
    }

    @Test func `the upkeep of usage makes sums of days, and they say the same as before`() async throws {
        let studio = try await Studio()
        try await studio.upload(MadeAudio.wav(bytes: 10_000))
        try await studio.work()
        let first = UTCDay(studio.clock.now())
        func report() async throws -> [UsageLine] {
            try await studio.useCases.usage.report(of: studio.caller, from: first, through: first).report.lines
        }
        let before = try await report()
        #expect(before.map(\.feature) == [.analysis])
        // What is stored counts from the first day that is looked at.
        try await studio.useCases.upkeep.run(.usage)
        studio.clock.advance(by: .days(2))
        try await studio.useCases.upkeep.run(.usage)
        let after = try await report()
        #expect(after.filter { $0.feature == .analysis } == before)
        #expect(after.first { $0.feature == .storage }?.sum.amount == 10_000)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM usage_entries WHERE rolled_up = 0") == 0)
        try await studio.useCases.upkeep.run(.usage)
        #expect(try await report() == after)
    }

    @Test func `a report has at most 400 days, the first before the last`() async throws {
        let studio = try await Studio()
        let today = UTCDay(studio.clock.now())
        let usage = studio.useCases.usage
        func report(_ first: UTCDay?, _ last: UTCDay?) async -> String? {
            await invalidField { try await usage.report(of: studio.caller, from: first, through: last) }
        }
        #expect(await report(today.advanced(by: -399), today) == nil)
        #expect(await report(today.advanced(by: -400), today) == "from")
        #expect(await report(today, today.advanced(by: -1)) == "from")
        #expect(await report(UTCDay(number: .min), UTCDay(number: .max)) == "from")
        #expect(await report(nil, UTCDay(number: .min)) == nil)
        let standard = try await usage.report(of: studio.caller, from: nil, through: nil).report.days
        #expect(standard == today.advanced(by: -29)...today)
    }

    private func plan(_ studio: Studio) async throws -> String {
        try await studio.useCases.subscriptions.overview(of: studio.caller).entitlement.planName
    }
}
