import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite(.timeLimit(.minutes(Rounds.minutes))) struct UsageRaceTests {
    private static let rounds = Rounds.count(FreshDatabase.postgresURL == nil ? 30 : 8)

    @Test
    func `of everything that is noted, sent, summed, crashed and pruned in any order, nothing is lost or doubled`()
        async throws
    {
        var (noted, summed, crashed, pruned) = (0, 0, 0, 0)
        for seed in 1...UInt64(Self.rounds) {
            var random = SplitMix64(seed: seed)
            let meter = try await Meter()
            let accounts = [meter.account, .random(), .random()]
            var model: [UsageLine.Key: UsageSum] = [:]
            for step in 0..<60 {
                let account = accounts[Int.random(in: 0..<3, using: &random)]
                let feature = UsageFeature.allCases[Int.random(in: 0..<3, using: &random)]
                switch Int.random(in: 0..<12, using: &random) {
                case 0..<5:
                    let (count, cost) = (
                        Int.random(in: 0...90_000, using: &random), Int.random(in: 0...99, using: &random)
                    )
                    try await meter.record(feature, feature.unit.amount(of: count), cost: cost, for: account)
                    model[key(account, feature, meter), default: UsageSum()] += UsageSum(
                        amount: count, count: 1, cost: UsageCost(MicroUSD(cost)))
                    noted += 1
                case 5:
                    let bytes = Int.random(in: 0...1_000_000, using: &random)
                    let prices = CostPrices(egressGB: MicroUSD(90_000))
                    try await meter.send(bytes, at: prices, for: account)
                    model[key(account, .egress, meter), default: UsageSum()] += UsageSum(
                        amount: bytes, count: 1, cost: prices.egressCost(bytes: bytes))
                case 6, 7:
                    let limit = Int.random(in: 1...9, using: &random)
                    summed += try await meter.database.write(.readCommitted) {
                        try meter.rollUp.rollUp(atMost: limit, in: $0)
                    }
                case 8:
                    struct Crash: Error {}
                    await #expect(throws: Crash.self) {
                        try await meter.database.write { session in
                            _ = try meter.rollUp.rollUp(atMost: 5, in: session)
                            throw Crash()
                        }
                    }
                    crashed += 1
                case 9:
                    // Entries are "old" at once: what was summed may go at any time.
                    pruned += try await meter.database.write(.readCommitted) {
                        try meter.rollUp.prune(olderThan: .seconds(-9_999_999), atMost: 4, in: $0)
                    }
                default: meter.clock.advance(by: .seconds(.random(in: -50_000...86_400, using: &random)))
                }
                if step % 10 == 9 { try await expect(model, meter, "seed \(seed), step \(step)") }
            }
            _ = try await meter.rollUp.run(on: meter.database)
            try await expect(model, meter, "seed \(seed), the end")
        }
        #expect(summed > 0 && crashed > 0 && pruned > 0)
        Rounds.report("usage: \(noted) entries, \(summed) summed one by one, \(crashed) crashes, \(pruned) pruned")
    }

    @Test func `many that note while many sum lose nothing`() async throws {
        let meter = try await Meter()
        let (writers, each) = (8, 40)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in 0..<each {
                        try await meter.record(.analysis, 0.5, cost: 3)
                        if number % 4 == writer % 4 { try await meter.send(1) }
                    }
                }
            }
            for batch in [1, 3, 50] {
                group.addTask {
                    for _ in 0..<10 { _ = try await meter.rollUp.run(on: meter.database, batch: batch) }
                }
            }
            // At every moment each is in a sum or is an entry, never both.
            group.addTask {
                var last = 0
                for _ in 0..<20 {
                    let count = try await meter.report("2026-11-21", "2026-11-21").lines.first {
                        $0.feature == .analysis
                    }
                    let now = count?.sum.count ?? 0
                    #expect(now >= last && now <= writers * each)
                    last = now
                }
            }
            try await group.waitForAll()
        }
        _ = try await meter.rollUp.run(on: meter.database)
        #expect(
            try await meter.lines() == ["2026-11-21 analysis 160.000 x320 960", "2026-11-21 egress 80 x80 0"])
    }

    private func key(_ account: AccountID, _ feature: UsageFeature, _ meter: Meter) -> UsageLine.Key {
        UsageLine.Key(account: account, day: UTCDay(meter.clock.now()), feature: feature.rawValue, detail: "")
    }

    private func expect(
        _ model: [UsageLine.Key: UsageSum], _ meter: Meter, _ place: Comment
    ) async throws {
        let found = try await meter.database.read { session in
            var found: [UsageLine.Key: UsageSum] = [:]
            let days = UTCDay(number: 0)...UTCDay(number: 100_000)
            try UsageLine.each("1 = 1", in: days, session) { found[$0, default: UsageSum()] += $1 }
            return found
        }
        #expect(found == model, place)
    }
}
