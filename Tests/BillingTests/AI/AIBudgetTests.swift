import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct AIBudgetTests {
    private let plan = Plan(aiPromptsPerDay: 3, aiBudgetCentsPerMonth: 10)

    @Test func `what may be needed is held, what was needed is counted and noted`() async throws {
        let prompter = try await Prompter()
        let reservation = try await prompter.reserve(plan)
        #expect(reservation.atMost == MicroUSD(Prompter.most))
        #expect(try await prompter.amounts() == [0, 1, 0, Prompter.most])
        #expect(try await prompter.settle(reservation, 500, 100) == MicroUSD(3_000))
        #expect(try await prompter.amounts() == [1, 0, 3_000, 0])
        let entry = try #require(try await prompter.prompts().first)
        #expect(entry.tokens == AITokens(input: 500, output: 100) && entry.purpose == .draftMessage)
        #expect(entry.costMicroUSD == 3_000 && entry.job == "job-1" && entry.prompt == nil)
    }

    @Test func `the prompts of a day are so many, and come back at midnight`() async throws {
        let prompter = try await Prompter()
        for _ in 1...3 { try await prompter.settle(try await prompter.reserve(plan), 1, 1) }
        let excess = try await #require(throws: QuotaExceeded.self) { try await prompter.reserve(plan) }
        #expect(excess.unit == .aiPrompts && excess.limit == 3 && excess.taken == 3)
        #expect(excess.resetsAt == moment("2026-11-22T00:00:00.000Z"))
        #expect(excess.description.contains("2026-11-22T00:00:00"))
        prompter.clock.turn(to: moment("2026-11-21T23:59:59.999Z"))
        await #expect(throws: QuotaExceeded.self) { try await prompter.reserve(plan) }
        prompter.clock.turn(to: moment("2026-11-22T00:00:00.000Z"))
        _ = try await prompter.reserve(plan)
    }

    @Test func `the money of a month is bounded by what calls may cost, then by what they did`() async throws {
        let prompter = try await Prompter()
        let plan = Plan(aiBudgetCentsPerMonth: 10)
        // 100,000 for 18,000 each.
        var held: [AIReservation] = []
        for _ in 1...5 { held.append(try await prompter.reserve(plan)) }
        let excess = try await #require(throws: QuotaExceeded.self) { try await prompter.reserve(plan) }
        #expect(excess.unit == .aiCost && excess.taken == 90_000 && excess.limit == 100_000)
        #expect(excess.resetsAt == moment("2026-12-01T00:00:00.000Z"))
        #expect(try await prompter.amounts() == [0, 5, 0, 90_000])
        for reservation in held { try await prompter.settle(reservation, 0, 100) }
        #expect(try await prompter.amounts() == [5, 0, 7_500, 0])
        _ = try await prompter.reserve(plan)
        prompter.clock.turn(to: moment("2026-12-01T00:00:00.000Z"))
        for _ in 1...5 { _ = try await prompter.reserve(plan) }
    }

    @Test func `a call that cost more than was foreseen is counted whole`() async throws {
        let prompter = try await Prompter()
        let plan = Plan(aiPromptsPerDay: 9, aiBudgetCentsPerMonth: 2)
        try await prompter.settle(try await prompter.reserve(plan), 5_000, 5_000)
        #expect(try await prompter.amounts() == [1, 0, 90_000, 0])
        await #expect(throws: QuotaExceeded.self) { try await prompter.reserve(plan) }
    }

    @Test func `what failed is given back, and settling or releasing twice changes nothing`() async throws {
        let prompter = try await Prompter()
        let failed = try await prompter.reserve(plan)
        for _ in 1...2 { try await prompter.release(failed) }
        #expect(try await prompter.amounts() == [0, 0, 0, 0])
        let reservation = try await prompter.reserve(plan)
        for _ in 1...3 { try await prompter.settle(reservation, 100, 100) }
        try await prompter.release(reservation)
        #expect(try await prompter.amounts() == [1, 0, 1_800, 0])
        #expect(try await prompter.prompts().count == 1)
    }

    @Test func `a hold that nobody ends runs out, and what comes later is counted all the same`() async throws {
        let prompter = try await Prompter()
        let plan = Plan(aiPromptsPerDay: 1, aiBudgetCentsPerMonth: 2)
        let late = try await prompter.reserve(plan)
        prompter.clock.advance(by: AIBudget.holdLife)
        try await prompter.database.write { _ = try prompter.ledger.releaseExpired(in: $0) }
        #expect(try await prompter.amounts() == [0, 0, 0, 0])
        let other = try await prompter.reserve(plan)
        try await prompter.settle(other, 1, 1)
        for _ in 1...2 { try await prompter.settle(late, 1_000, 1_000) }
        #expect(try await prompter.amounts() == [2, 0, 18_018, 0])
        #expect(try await prompter.differences() == 0)
        #expect(try await prompter.prompts().count == 2)
    }

    @Test func `what began before midnight counts for the day before, wherever it ends`() async throws {
        let prompter = try await Prompter()
        let plan = Plan(aiPromptsPerDay: 1)
        prompter.clock.turn(to: moment("2026-11-30T23:59:59.999Z"))
        let reservation = try await prompter.reserve(plan)
        prompter.clock.turn(to: moment("2026-12-01T00:00:00.000Z"))
        try await prompter.settle(reservation, 1, 1)
        _ = try await prompter.reserve(plan)
        prompter.clock.turn(to: moment("2026-11-30T23:59:59.999Z"))
        await #expect(throws: QuotaExceeded.self) { try await prompter.reserve(plan) }
    }

    @Test func `numbers from outside never trap, and give nothing away`() async throws {
        let prompter = try await Prompter()
        await #expect(throws: (any Error).self) { try await prompter.reserve(plan, output: .max) }
        let negative = try await prompter.reserve(plan, output: .min)
        #expect(try await prompter.amounts() == [0, 1, 0, 3_000])
        try await prompter.settle(negative, .min, -7)
        #expect(try await prompter.amounts() == [1, 0, 0, 0])
    }

    @Test func `what a job holds does not run out, and its next run finds it`() async throws {
        let prompter = try await Prompter()
        let (hold, other) = (HoldID.random(), HoldID.random())
        func reserved(_ hold: HoldID) async throws -> AIReservation? {
            try await prompter.database.read { session in
                try prompter.budget.reserved(
                    hold, model: "qwen/qwen3-7b", inputTokens: 1_000, maxOutputTokens: 1_000, for: prompter.account,
                    under: Entitlement(Plan()), in: session)
            }
        }
        let first = try await prompter.database.write { session in
            try prompter.budget.reserve(
                hold, model: "qwen/qwen3-7b", inputTokens: 1_000, maxOutputTokens: 1_000, for: prompter.account,
                under: Entitlement(Plan()), isJobs: true, in: session)
        }
        prompter.clock.advance(by: .seconds(86_400))
        _ = try await prompter.database.write { try prompter.ledger.releaseExpired(in: $0) }
        #expect(try await reserved(hold) == first && first.atMost == MicroUSD(Prompter.most))
        #expect(try await reserved(other) == nil)
        try await prompter.settle(first, 1_000, 1_000)
        #expect(try await reserved(hold) == nil)
        #expect(try await prompter.amounts() == [1, 0, Prompter.most, 0])
    }
}
