import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaSettleTests {
    @Test func `what was done counts, not what was held`() async throws {
        let till = try await Till()
        let plan = Plan(aiPromptsPerDay: 5, aiBudgetCentsPerMonth: 1)
        let hold = try await till.reserve([(.aiPrompts, 1), (.aiCost, 4_000)], on: plan)
        try await till.settle(hold, to: [(.aiCost, 1_500)])
        #expect(try await till.balance(.aiPrompts).amounts == [1, 0])
        #expect(try await till.balance(.aiCost).amounts == [1_500, 0])
        await #expect(throws: HoldGone()) { try await till.settle(hold, to: [(.aiCost, 1_500)]) }
        #expect(try await till.verify().isClean)
    }

    @Test func `work that is done counts beyond the limit, and stops what comes after it`() async throws {
        let till = try await Till()
        let plan = Plan(aiBudgetCentsPerMonth: 1)
        let hold = try await till.reserve([(.aiCost, 10_000)], on: plan)
        try await till.settle(hold, to: [(.aiCost, 25_000)])
        #expect(try await till.balance(.aiCost).amounts == [25_000, 0])
        let refused = try await #require(throws: QuotaExceeded.self) {
            try await till.reserve([(.aiCost, 1)], on: plan)
        }
        #expect((refused.limit, refused.taken) == (10_000, 25_000))
        #expect(try await till.verify().isClean)
    }

    @Test func `what was not held cannot be settled, and the hold stays`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.aiPrompts, 1)], on: Plan())
        await #expect(throws: QuotaAmountError.notHeld(.aiCost)) { try await till.settle(hold, to: [(.aiCost, 1)]) }
        #expect(try await till.isHeld(hold))
    }

    @Test func `a hold settled with nothing gives everything back`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.stemsSeconds, 90)], on: Plan(stemsMinutesPerMonth: 2))
        try await till.settle(hold, to: [(.stemsSeconds, 0)])
        #expect(try await till.balance(.stemsSeconds).amounts == [0, 0])
    }

    @Test func `sums that cannot be counted are refused, not wrapped around`() async throws {
        let till = try await Till()
        await #expect(throws: QuotaAmountError.outOfRange(.uploads, 1)) {
            try await till.reserve([(.uploads, .max), (.uploads, 1)], on: Plan())
        }
        try await till.use(5, .storageBytes, on: Plan())
        let hold = try await till.reserve([(.storageBytes, 1)], on: Plan())
        await #expect(throws: QuotaAmountError.outOfRange(.storageBytes, .max)) {
            try await till.settle(hold, to: [(.storageBytes, .max)])
        }
        for amount in [Int.max, .min] {
            await #expect(throws: QuotaAmountError.outOfRange(.storageBytes, amount)) {
                try await till.correct(.storageBytes, by: amount)
            }
        }
        #expect(try await till.balance(.storageBytes).amounts == [5, 1])
        #expect(try await till.verify().isClean)
    }

    @Test func `the same unit twice in a reservation is its sum`() async throws {
        let till = try await Till()
        let plan = Plan(uploadsPerMonth: 3)
        _ = try await till.reserve([(.uploads, 1), (.uploads, 2)], on: plan)
        #expect(try await till.balance(.uploads).amounts == [0, 3])
        await #expect(throws: QuotaExceeded.self) { try await till.reserve([(.uploads, 1)], on: plan) }
    }
}
