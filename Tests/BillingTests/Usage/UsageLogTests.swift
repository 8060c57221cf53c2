import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct UsageLogTests {
    @Test func `an entry says what was done, for whom, and what it cost`() async throws {
        let meter = try await Meter()
        for job in ["job-1", nil] {
            try await meter.database.write { session in
                try meter.log.record(
                    .analysis, amount: 2.5, cost: MicroUSD(38), for: meter.account, job: job, in: session)
            }
            meter.clock.advance(by: .milliseconds(-1))
        }
        try await meter.record(.stems, 1, for: .random())
        let entries = try await list(meter)
        #expect(entries.map(\.job) == ["job-1", nil])
        let entry = try #require(entries.first)
        #expect(entry.feature == .analysis && entry.amount == 2.5 && entry.unit == .seconds)
        #expect(entry.costMicroUSD == 38 && entry.createdAt == moment("2026-11-21T10:00:00.000Z"))
        #expect(entry.purpose == nil && entry.tokens == nil && entry.prompt == nil)
    }

    @Test func `a prompt is noted with its purpose and tokens, and its text only where that is wanted`() async throws {
        let meter = try await Meter()
        try await meter.record(.analysis, 1)
        try await meter.prompt(AITokens(input: 20, output: 300), .songwriting, cost: 4_560)
        meter.clock.advance(by: .milliseconds(1))
        _ = try await meter.database.write { session in
            try meter.log.record(
                AITokens(input: 1, output: 1), purpose: .vibe, prompt: String(repeating: "la", count: 9_000),
                cost: MicroUSD(18), for: meter.account, job: nil, in: session)
        }
        var prompts = try await meter.database.read { try meter.log.prompts(of: meter.account, PageRequest(), in: $0) }
        #expect(prompts.items.map(\.purpose) == [.vibe, .songwriting])
        #expect(prompts.items.last?.tokens == AITokens(input: 20, output: 300))
        #expect(prompts.items.map(\.amount) == [2, 320])
        #expect(prompts.items.map { $0.prompt?.count } == [4_000, nil])
        try await meter.database.write { try meter.log.erasePrompts(of: meter.account, in: $0) }
        prompts = try await meter.database.read { try meter.log.prompts(of: meter.account, PageRequest(), in: $0) }
        #expect(prompts.items.allSatisfy { $0.prompt == nil } && prompts.items.count == 2)
    }

    @Test func `nothing counts below zero`() async throws {
        let meter = try await Meter()
        try await meter.record(.analysis, -5, cost: -7)
        try await meter.record(.analysis, .nan)
        try await meter.send(-3)
        try await meter.prompt(AITokens(input: -1, output: -2), .vibe, cost: -1)
        #expect(
            try await meter.lines() == [
                "2026-11-21 ai/vibe 0 x1 0", "2026-11-21 analysis 0.000 x2 0", "2026-11-21 egress 0 x1 0",
            ])
    }

    @Test(arguments: ["", "Draft", "draft message", "=1", "a,b", String(repeating: "a", count: 65), "é"])
    func `what is no name is no purpose`(name: String) {
        #expect(AIFeature(name) == nil)
    }

    @Test(arguments: [
        (0.0, 0), (1.0, 15), (0.03, 0), (0.0334, 0), (0.0336, 1), (0.1, 2), (2.5, 38), (-4.0, 0), (.nan, 0),
        (3_600.0, 54_000), (1e30, (1 << 53) * 15 / 1000 + 1),
    ])
    func `the cost of an analysis is that of its kept thousandths, to the nearest`(seconds: Double, cost: Int) throws {
        let book = try PlanBook(defaultPlan: "a", plans: ["a": Plan()], analysisSecondMicroUSD: 15)
        #expect(book.analysisCost(seconds: seconds) == MicroUSD(cost))
    }

    @Test func `an entry's cost is its amount's, however long an analysis took`() throws {
        let book = try PlanBook(defaultPlan: "a", plans: ["a": Plan()], analysisSecondMicroUSD: 15)
        var random = SplitMix64(seed: 1)
        for _ in 0..<10_000 {
            let seconds = Double.random(in: 0..<100, using: &random)
            let kept = UsageUnit.seconds.amount(of: UsageUnit.seconds.count(of: seconds))
            #expect(book.analysisCost(seconds: seconds) == book.analysisCost(seconds: kept), "\(seconds)")
        }
    }

    @Test func `money is shown in dollars`() {
        #expect(MicroUSD(1_250_000).dollars == 1.25)
    }

    private func list(_ meter: Meter) async throws -> [UsageEntry] {
        try await meter.database.read { try meter.log.list(of: meter.account, PageRequest(), in: $0).items }
    }
}
