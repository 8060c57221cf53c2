import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct UsageRollUpTests {
    @Test func `entries go into the sums of their days, once however often it runs`() async throws {
        let meter = try await Meter()
        for seconds in [2.5, 0.001, 4] { try await meter.record(.analysis, seconds, cost: 7) }
        try await meter.record(.stems, 61, cost: 915)
        try await meter.prompt(AITokens(input: 10, output: 30), .vibe, cost: 480)
        try await meter.prompt(AITokens(input: 1, output: 2), .songwriting, cost: 33)
        let expected = [
            "2026-11-21 ai/songwriting 3 x1 33", "2026-11-21 ai/vibe 40 x1 480", "2026-11-21 analysis 6.501 x3 21",
            "2026-11-21 stems 61.000 x1 915",
        ]
        #expect(try await meter.lines() == expected)
        #expect(try await meter.rollUp.run(on: meter.database).entries == 6)
        #expect(try await meter.openEntries() == 0)
        for _ in 1...3 {
            #expect(try await meter.lines() == expected)
            #expect(try await meter.rollUp.run(on: meter.database) == UsageRollUp.Report())
        }
    }

    @Test(arguments: [1, 2, 3, 100])
    func `small steps add up to the same as large ones`(batch: Int) async throws {
        let meter = try await Meter()
        let other = AccountID.random()
        for number in 1...7 {
            try await meter.record(.analysis, Double(number), cost: number)
            try await meter.record(.analysis, 1, for: other)
        }
        #expect(try await meter.rollUp.run(on: meter.database, batch: batch).entries == 14)
        #expect(try await meter.lines() == ["2026-11-21 analysis 28.000 x7 28"])
        #expect(try await meter.report("2026-11-21", "2026-11-21", of: other).totals.map(\.sum.amount) == [7_000])
    }

    @Test func `midnight parts the days, and the end of a month the months`() async throws {
        let meter = try await Meter()
        for time in [
            "2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2026-12-01T23:59:59.999Z",
            "2026-12-02T00:00:00.000Z",
        ] {
            meter.clock.turn(to: moment(time))
            try await meter.record(.analysis, 1)
            try await meter.send(10)
        }
        let expected = [
            "2026-11-30 analysis 1.000 x1 0", "2026-11-30 egress 10 x1 0", "2026-12-01 analysis 2.000 x2 0",
            "2026-12-01 egress 20 x2 0", "2026-12-02 analysis 1.000 x1 0", "2026-12-02 egress 10 x1 0",
        ]
        #expect(try await meter.lines() == expected)
        _ = try await meter.rollUp.run(on: meter.database)
        #expect(try await meter.lines() == expected)
        #expect(try await meter.lines("2026-12-01", "2026-12-01") == Array(expected[2...3]))
        let month = try await meter.database.read { try meter.log.reportOfMonth(of: meter.account, in: $0) }
        #expect(month.days == day("2026-12-01")...day("2026-12-02") && month.lines.count == 4)
    }

    @Test func `an entry that comes after its day was summed is taken in`() async throws {
        let meter = try await Meter()
        try await meter.record(.analysis, 1)
        meter.clock.advance(by: .seconds(86_400))
        _ = try await meter.rollUp.run(on: meter.database)
        meter.clock.advance(by: .seconds(-86_400))
        try await meter.record(.analysis, 2)
        #expect(try await meter.lines() == ["2026-11-21 analysis 3.000 x2 0"])
        _ = try await meter.rollUp.run(on: meter.database)
        #expect(try await meter.lines() == ["2026-11-21 analysis 3.000 x2 0"])
    }

    @Test func `a step that crashes has not been taken`() async throws {
        struct Crash: Error {}
        let meter = try await Meter()
        for _ in 1...5 { try await meter.record(.analysis, 1) }
        try await meter.store(9)
        await #expect(throws: Crash.self) {
            try await meter.database.write { session in
                _ = try meter.rollUp.rollUp(atMost: 3, in: session)
                throw Crash()
            }
        }
        #expect(try await meter.openEntries() == 5)
        _ = try await meter.rollUp.run(on: meter.database)
        #expect(try await meter.lines() == ["2026-11-21 analysis 5.000 x5 0"])
    }

    @Test func `entries are pruned when they are old and summed, and never before`() async throws {
        let meter = try await Meter()
        try await meter.record(.analysis, 1, cost: 3)
        _ = try await meter.rollUp.run(on: meter.database)
        try await meter.record(.analysis, 2, cost: 4)
        meter.clock.advance(by: .seconds(400 * 86_400))
        let pruned = try await meter.database.write { session in
            try meter.rollUp.prune(olderThan: UsageRollUp.entryLife, atMost: 10, in: session)
        }
        #expect(pruned == 0)
        meter.clock.advance(by: .milliseconds(1))
        let (before, report) = (try await meter.entries(), try await meter.rollUp.run(on: meter.database))
        #expect(before == 2 && report.entries == 1 && report.pruned == 2)
        #expect(try await meter.entries() == 0)
        #expect(try await meter.lines() == ["2026-11-21 analysis 3.000 x2 7"])
    }

    @Test func `sums near the end of the range stay there`() async throws {
        let meter = try await Meter()
        for _ in 1...3 {
            try await meter.record(.analysis, 1, cost: .max)
            try await meter.send(.max, at: CostPrices(egressGB: MicroUSD(.max)))
        }
        _ = try await meter.rollUp.run(on: meter.database)
        try await meter.record(.analysis, 1, cost: .max)
        _ = try await meter.rollUp.run(on: meter.database)
        let report = try await meter.report("2026-11-21", "2026-11-21")
        #expect(report.lines.map(\.sum.count) == [4, 3])
        #expect(report.lines.allSatisfy { $0.sum.cost.whole.count >= .max - 1 })
        #expect(report.lines.last?.sum.amount == .max - 1)
        #expect(report.cost == MicroUSD(.max))
    }

    @Test func `what is sent in small pieces costs what it does as a whole`() async throws {
        let meter = try await Meter()
        let prices = CostPrices(egressGB: MicroUSD(90_000))
        // 7,000 bytes cost 0.63 millionths of a dollar.
        for _ in 1...100 { try await meter.send(7_000, at: prices) }
        #expect(try await meter.lines() == ["2026-11-21 egress 700000 x100 63"])
        #expect(try await meter.entries() == 0)
    }
}
