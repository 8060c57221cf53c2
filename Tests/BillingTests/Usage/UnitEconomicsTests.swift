import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct UnitEconomicsTests {
    /// A prompt of 500 tokens in and 1,000 out.
    private static let prompt = AITokens(input: 500, output: 1_000)

    @Test func `a prompt costs 0.0165 USD, and 150,000 of them 2,475`() async throws {
        let cost = AIPrice.standard.cost(of: Self.prompt)
        #expect(cost.text == "0.016500")
        let meter = try await Meter()
        let one = UsageSum(amount: 1_500, tokens: Self.prompt, count: 1, cost: UsageCost(cost))
        let month = UTCMonth(meter.clock.now())
        try await meter.database.write { session in
            // 1,000 artists with 5 prompts a day, for 30 days: each day's sum as the roll-up leaves it.
            let five = (0..<5).reduce(into: UsageSum()) { sum, _ in sum += one }
            for _ in 0..<1_000 {
                let account = AccountID.random()
                for day in 0..<30 {
                    try UsageLine.Key(
                        account: account, day: month.first.advanced(by: Int64(day)), feature: "ai", detail: "vibe"
                    ).add(five, in: session)
                }
            }
        }
        let usage = try await meter.database.read { try meter.log.usage(of: month, in: $0) }
        let users = usage.keys.map { EconomicUser(account: $0, plan: "free") }
        let economics = UnitEconomics(month: month, users: users, usage: usage)
        #expect(economics.total.cost == MicroUSD(2_475_000_000))
        #expect(economics.total.costPerUser == MicroUSD(2_475_000))
        #expect(economics.profit == MicroUSD(-2_475_000_000))
        #expect(economics.breakEven(of: "free") == nil)
    }

    @Test func `users of two plans, worked out by hand`() {
        // 100 free users at 0.30 USD, 4 pro users who pay 9.99 and cost 0.99: each leaves 9.00.
        let free = (0..<100).map { _ in EconomicUser(account: .random(), plan: "free") }
        let pro = (0..<4).map { _ in EconomicUser(account: .random(), plan: "pro", revenue: MicroUSD(cents: 999)) }
        var usage: [AccountID: AccountUsage] = [:]
        for user in free { usage[user.account, default: AccountUsage()].add(.ai, cost: dollars("0.300000")) }
        for user in pro {
            usage[user.account, default: AccountUsage()].add(.analysis, cost: dollars("0.900000"))
            usage[user.account, default: AccountUsage()].add(.storage, cost: dollars("0.090000"))
        }
        let economics = UnitEconomics(
            month: november, users: free + pro, usage: usage, fixedCosts: MicroUSD(cents: 2_000))
        #expect(economics.lines.map(\.plan) == ["free", "pro"])
        #expect(economics.lines.map(\.costPerUser) == [MicroUSD(300_000), MicroUSD(990_000)])
        #expect(economics.lines.map(\.marginPerUser) == [MicroUSD(-300_000), MicroUSD(9_000_000)])
        #expect(economics.total.users == 104 && economics.total.activeUsers == 104)
        #expect(economics.total.revenue == MicroUSD(39_960_000) && economics.total.cost == MicroUSD(33_960_000))
        #expect(economics.profit == MicroUSD(-14_000_000))
        // 20 of fixed costs and 30 for the free users, by 9 of each: 5.6.
        #expect(economics.breakEven(of: "pro") == 6)
        #expect(economics.breakEven(of: "free") == nil && economics.breakEven(of: "gold") == nil)
    }

    @Test func `exactly enough is enough`() {
        let user = EconomicUser(account: .random(), plan: "pro", revenue: MicroUSD(10))
        func users(fixed: Int) -> Int? {
            UnitEconomics(month: november, users: [user], usage: [:], fixedCosts: MicroUSD(fixed)).breakEven(of: "pro")
        }
        #expect(users(fixed: 0) == 0 && users(fixed: 50) == 5 && users(fixed: 51) == 6)
        #expect(users(fixed: .max) == 922_337_203_685_477_581)
    }

    @Test func `whoever has only something stored is not active, and who left still costs`() async throws {
        let meter = try await Meter(CostPrices(storageGBMonth: MicroUSD(30_000)))
        let (active, gone) = (AccountID.random(), AccountID.random())
        try await meter.store(2_000_000_000)
        _ = try await meter.rollUp.run(on: meter.database)
        meter.clock.advance(by: .seconds(86_400))
        _ = try await meter.rollUp.run(on: meter.database)
        try await meter.record(.analysis, 1, cost: 5, for: active)
        try await meter.record(.analysis, 1, cost: 7, for: gone)
        let usage = try await meter.database.read { try meter.log.usage(of: november, in: $0) }
        let economics = UnitEconomics(
            month: november, users: [meter.account, active].map { EconomicUser(account: $0, plan: "free") },
            usage: usage)
        #expect(economics.lines.map(\.plan) == ["free", UnitEconomics.gone])
        #expect(economics.lines.map(\.users) == [2, 0] && economics.lines.map(\.activeUsers) == [1, 0])
        #expect(economics.lines.map(\.cost.count) == [2_005, 7])
        #expect(economics.total.cost.count == 2_012 && economics.total.users == 2)
        #expect(economics.lines.last?.costPerUser == nil)
    }

    @Test func `another month has another report`() async throws {
        let meter = try await Meter()
        try await meter.record(.analysis, 1, cost: 5)
        meter.clock.turn(to: moment("2026-12-01T00:00:00.000Z"))
        try await meter.record(.analysis, 1, cost: 7)
        for (month, cost) in [("2026-10", nil), ("2026-11", 5), ("2026-12", 7)] {
            let usage = try await meter.database.read { session in
                try meter.log.usage(of: try #require(UTCMonth(month)), in: session)
            }
            #expect(usage[meter.account]?.costs[.analysis]?.whole.count == cost)
        }
    }

    @Test func `the table and the JSON say the same`() throws {
        let user = EconomicUser(account: .random(), plan: "pro", revenue: MicroUSD(cents: 999))
        var used = AccountUsage()
        used.add(.ai, cost: dollars("0.990000"))
        let economics = UnitEconomics(
            month: november, users: [user], usage: [user.account: used], fixedCosts: MicroUSD(cents: 4_550))
        #expect(
            economics.table == """
                2026-11, US dollars
                plan   users  active  revenue    cost  margin  cost/user  margin/user  analysis   stems      ai  storage  egress  break-even
                pro        1       1   9.9900  0.9900  9.0000     0.9900       9.0000    0.0000  0.0000  0.9900   0.0000  0.0000           6
                total      1       1   9.9900  0.9900  9.0000     0.9900       9.0000    0.0000  0.0000  0.9900   0.0000  0.0000           -
                fixed costs 45.5000, profit -36.5000

                """)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try #require(
            try JSONSerialization.jsonObject(with: encoder.encode(economics)) as? [String: Any])
        let plan = try #require((json["plans"] as? [[String: Any]])?.first)
        #expect(json["month"] as? String == "2026-11" && json["profit_microusd"] as? Int == -36_500_000)
        #expect(plan["break_even_users"] as? Int == 6 && plan["margin_per_user_microusd"] as? Int == 9_000_000)
        #expect((plan["costs_microusd"] as? [String: Int])?["ai"] == 990_000)
    }

    private let november = UTCMonth(moment("2026-11-21T10:00:00.000Z"))

    /// - Parameter text: with six places.
    private func dollars(_ text: String) -> UsageCost {
        UsageCost(MicroUSD(Int(text.replacing(".", with: "")) ?? .min))
    }
}
