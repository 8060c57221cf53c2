import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaEdgeTests {
    @Test func `an upgrade while a reservation runs counts for what comes after it`() async throws {
        let till = try await Till()
        let (free, pro) = (Plan(uploadsPerMonth: 1, storageBytes: 10), Plan(uploadsPerMonth: 3, storageBytes: 100))
        let running = try await till.reserve([(.uploads, 1), (.storageBytes, 10)], on: free)
        await #expect(throws: QuotaExceeded.self) { try await till.reserve([(.uploads, 1)], on: free) }
        let second = try await till.reserve([(.uploads, 1), (.storageBytes, 80)], on: pro)
        try await till.adjust(running, .storageBytes, to: 20, on: pro)
        try await till.commit(running)
        try await till.commit(second)
        #expect(try await till.balance(.storageBytes).amounts == [100, 0])
        #expect(try await till.balance(.uploads).amounts == [2, 0])
    }

    @Test func `a downgrade below what is used stops growth and takes nothing away`() async throws {
        let till = try await Till()
        let (pro, free) = (Plan(storageBytes: 100), Plan(storageBytes: 10))
        try await till.use(50, .storageBytes, on: pro)
        let (kept, dropped) = (
            try await till.reserve([(.storageBytes, 20)], on: pro),
            try await till.reserve([(.storageBytes, 5)], on: pro)
        )
        for amount in [1, 0, 10] {
            let refused = try await #require(throws: QuotaExceeded.self) {
                try await till.reserve([(.storageBytes, amount)], on: free)
            }
            #expect((refused.limit, refused.taken) == (10, 75))
        }
        try await till.commit(kept)
        try await till.release(dropped)
        #expect(try await till.balance(.storageBytes).amounts == [70, 0])
        try await till.free(61, of: .storageBytes)
        _ = try await till.reserve([(.storageBytes, 1)], on: free)
        await #expect(throws: QuotaExceeded.self) { try await till.reserve([(.storageBytes, 1)], on: free) }
        #expect(try await till.verify().isClean)
    }

    @Test func `the month ends on the 31st at midnight, and not before`() async throws {
        let till = try await Till()
        let plan = Plan(uploadsPerMonth: 1)
        till.clock.turn(to: moment("2026-12-31T23:59:59.999Z"))
        try await till.use(1, .uploads, on: plan)
        let refused = try await #require(throws: QuotaExceeded.self) {
            try await till.reserve([(.uploads, 1)], on: plan)
        }
        #expect(refused.resetsAt == moment("2027-01-01T00:00:00.000Z"))
        till.clock.advance(by: .milliseconds(1))
        _ = try await till.reserve([(.uploads, 1)], on: plan)
    }

    @Test func `a billing period counts from its start to its end, across the end of a month`() async throws {
        let till = try await Till()
        let entitlement = Entitlement(
            Plan(uploadsPerMonth: 1, monthlyWindow: .billingPeriod),
            period: BillingPeriod(start: moment("2026-11-20T10:00:00.000Z"), end: moment("2026-12-20T10:00:00.000Z")))
        try await till.commit(try await till.reserve([(.uploads, 1)], under: entitlement))
        till.clock.turn(to: moment("2026-12-20T09:59:59.999Z"))
        let refused = try await #require(throws: QuotaExceeded.self) {
            try await till.reserve([(.uploads, 1)], under: entitlement)
        }
        #expect(refused.resetsAt == moment("2026-12-20T10:00:00.000Z"))
        #expect(try await till.balance(.uploads, under: entitlement).amounts == [1, 0])
        till.clock.turn(to: moment("2026-12-20T10:00:00.000Z"))
        _ = try await till.reserve([(.uploads, 1)], under: entitlement)
        #expect(try await till.balance(.uploads, under: entitlement).resetsAt == moment("2027-01-01T00:00:00.000Z"))
    }

    @Test func `midnight within a request: what was held before it is settled before it`() async throws {
        let till = try await Till()
        let plan = Plan(aiPromptsPerDay: 1, aiBudgetCentsPerMonth: 1)
        till.clock.turn(to: moment("2026-11-30T23:59:59.999Z"))
        let hold = try await till.reserve([(.aiPrompts, 1), (.aiCost, 10_000)], on: plan)
        till.clock.advance(by: .milliseconds(1))
        _ = try await till.reserve([(.aiPrompts, 1), (.aiCost, 9_000)], on: plan)
        await #expect(throws: QuotaExceeded.self) { try await till.adjust(hold, .aiCost, to: 10_001, on: plan) }
        try await till.settle(hold, to: [(.aiCost, 6_000)])
        #expect(try await till.balance(.aiCost).amounts == [0, 9_000])
        till.clock.advance(by: .milliseconds(-1))
        #expect(try await till.balance(.aiCost).amounts == [6_000, 0])
        #expect(try await till.balance(.aiPrompts).amounts == [1, 0])
    }

    @Test func `a clock that goes back finds the window of then, and nothing is lost`() async throws {
        let till = try await Till()
        let plan = Plan(aiPromptsPerDay: 2)
        till.clock.turn(to: moment("2026-11-22T00:00:00.000Z"))
        let hold = try await till.reserve([(.aiPrompts, 2)], on: plan)
        till.clock.turn(to: moment("2026-11-21T23:59:59.000Z"))
        try await till.commit(hold)
        try await till.use(1, .aiPrompts, on: plan)
        #expect(try await till.balance(.aiPrompts).amounts == [1, 0])
        till.clock.turn(to: moment("2026-11-22T00:00:00.001Z"))
        #expect(try await till.balance(.aiPrompts).amounts == [2, 0])
        await #expect(throws: QuotaExceeded.self) { try await till.reserve([(.aiPrompts, 1)], on: plan) }
        #expect(try await till.verify().isClean)
    }
}
