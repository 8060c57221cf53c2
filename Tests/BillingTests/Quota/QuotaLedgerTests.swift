import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaLedgerTests {
    @Test func `exactly at the limit fits, and one more does not`() async throws {
        let till = try await Till()
        let plan = Plan(uploadsPerMonth: 3)
        for _ in 1...3 { _ = try await till.reserve([(.uploads, 1)], on: plan) }
        await #expect(
            throws: QuotaExceeded(
                unit: .uploads, limit: 3, taken: 3, requested: 1, resetsAt: moment("2026-12-01T00:00:00.000Z"))
        ) {
            try await till.reserve([(.uploads, 1)], on: plan)
        }
        #expect(try await till.balance(.uploads).amounts == [0, 3])
    }

    @Test func `one amount as large as the limit fits, and one larger does not`() async throws {
        let till = try await Till()
        let plan = Plan(storageBytes: 1_000)
        await #expect(throws: QuotaExceeded.self) { try await till.reserve([(.storageBytes, 1_001)], on: plan) }
        _ = try await till.reserve([(.storageBytes, 1_000)], on: plan)
    }

    @Test func `an amount near the end of the integers neither fits nor traps`() async throws {
        let till = try await Till()
        _ = try await till.reserve([(.storageBytes, 5)], on: Plan())
        for plan in [Plan(), Plan(storageBytes: 10)] {
            await #expect(throws: QuotaExceeded.self) { try await till.reserve([(.storageBytes, .max)], on: plan) }
        }
        #expect(try await till.balance(.storageBytes).amounts == [0, 5])
    }

    @Test(arguments: [Plan(), Plan(storageBytes: 10)])
    func `a negative amount gives nothing away`(plan: Plan) async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.storageBytes, 8)], on: plan)
        await #expect(throws: QuotaAmountError.outOfRange(.storageBytes, -4)) {
            try await till.reserve([(.storageBytes, -4)], on: plan)
        }
        await #expect(throws: QuotaAmountError.outOfRange(.storageBytes, -1)) {
            try await till.adjust(hold, .storageBytes, to: -1, on: plan)
        }
        await #expect(throws: QuotaAmountError.outOfRange(.storageBytes, -1)) {
            try await till.settle(hold, to: [(.storageBytes, -1)])
        }
        await #expect(throws: QuotaAmountError.outOfRange(.storageBytes, -1)) {
            try await till.free(-1, of: .storageBytes)
        }
        #expect(try await till.balance(.storageBytes).amounts == [0, 8])
    }

    @Test func `a reservation takes every amount or none`() async throws {
        let till = try await Till()
        let plan = Plan(uploadsPerMonth: 5, storageBytes: 10)
        let refused = try await #require(throws: QuotaExceeded.self) {
            try await till.reserve([(.uploads, 1), (.storageBytes, 11)], on: plan)
        }
        #expect(refused.unit == .storageBytes)
        #expect(try await till.balance(.uploads).amounts == [0, 0])
        #expect(try await till.balance(.storageBytes).amounts == [0, 0])
    }

    @Test func `accounts do not share`() async throws {
        let till = try await Till()
        let (plan, other) = (Plan(uploadsPerMonth: 1), AccountID.random())
        _ = try await till.reserve([(.uploads, 1)], on: plan)
        _ = try await till.reserve([(.uploads, 1)], on: plan, for: other)
        #expect(try await till.balance(.uploads, of: other).amounts == [0, 1])
    }

    @Test func `what is committed is used, once`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.uploads, 1), (.storageBytes, 7)], on: Plan())
        try await till.commit(hold)
        #expect(try await till.balance(.uploads).amounts == [1, 0])
        #expect(try await till.balance(.storageBytes).amounts == [7, 0])
        await #expect(throws: HoldGone()) { try await till.commit(hold) }
        #expect(try await till.balance(.uploads).amounts == [1, 0])
    }

    @Test func `what is released is free, and releasing again changes nothing`() async throws {
        let till = try await Till()
        let kept = try await till.reserve([(.uploads, 1)], on: Plan())
        let hold = try await till.reserve([(.uploads, 2)], on: Plan())
        for _ in 1...3 { try await till.release(hold) }
        #expect(try await till.balance(.uploads).amounts == [0, 1])
        await #expect(throws: HoldGone()) { try await till.commit(hold) }
        try await till.commit(kept)
        try await till.release(kept)
        #expect(try await till.balance(.uploads).amounts == [1, 0])
    }

    @Test func `a hold is made larger up to the limit, and smaller at will`() async throws {
        let till = try await Till()
        let plan = Plan(storageBytes: 100)
        let hold = try await till.reserve([(.uploads, 1), (.storageBytes, 10)], on: plan)
        try await till.adjust(hold, .storageBytes, to: 100, on: plan)
        #expect(try await till.balance(.storageBytes).amounts == [0, 100])
        await #expect(
            throws: QuotaExceeded(unit: .storageBytes, limit: 100, taken: 100, requested: 1, resetsAt: nil)
        ) { try await till.adjust(hold, .storageBytes, to: 101, on: plan) }
        try await till.adjust(hold, .storageBytes, to: 4, on: plan)
        #expect(try await till.balance(.storageBytes).amounts == [0, 4])
        try await till.commit(hold)
        #expect(try await till.balance(.storageBytes).amounts == [4, 0])
        await #expect(throws: HoldGone()) { try await till.adjust(hold, .storageBytes, to: 4, on: plan) }
    }

    @Test func `a hold can be made smaller although the plan has become too small for it`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.storageBytes, 50)], on: Plan(storageBytes: 100))
        try await till.adjust(hold, .storageBytes, to: 40, on: Plan(storageBytes: 10))
        await #expect(throws: QuotaExceeded.self) {
            try await till.adjust(hold, .storageBytes, to: 41, on: Plan(storageBytes: 10))
        }
        #expect(try await till.balance(.storageBytes).amounts == [0, 40])
    }

    @Test func `what is freed can be taken again`() async throws {
        let till = try await Till()
        let plan = Plan(storageBytes: 10)
        try await till.commit(try await till.reserve([(.storageBytes, 10)], on: plan))
        await #expect(throws: QuotaExceeded.self) { try await till.reserve([(.storageBytes, 1)], on: plan) }
        try await till.free(4, of: .storageBytes)
        #expect(try await till.balance(.storageBytes).amounts == [6, 0])
        _ = try await till.reserve([(.storageBytes, 4)], on: plan)
    }

    @Test func `more than is used cannot be freed`() async throws {
        let till = try await Till()
        try await till.commit(try await till.reserve([(.storageBytes, 3)], on: Plan()))
        await #expect(throws: QuotaAmountError.moreThanUsed(.storageBytes, used: 3, asked: 4)) {
            try await till.free(4, of: .storageBytes)
        }
        #expect(try await till.balance(.storageBytes).amounts == [3, 0])
        await #expect(throws: QuotaAmountError.moreThanUsed(.storageBytes, used: 0, asked: 1)) {
            try await Till().free(1, of: .storageBytes)
        }
    }

    @Test func `what is reserved in one month and committed in the next counts in the first`() async throws {
        let till = try await Till()
        let plan = Plan(uploadsPerMonth: 1)
        till.clock.turn(to: moment("2026-11-30T23:59:59.999Z"))
        let hold = try await till.reserve([(.uploads, 1)], on: plan)
        till.clock.turn(to: moment("2026-12-01T00:00:00.000Z"))
        _ = try await till.reserve([(.uploads, 1)], on: plan)
        try await till.commit(hold)
        #expect(try await till.balance(.uploads).amounts == [0, 1])
        till.clock.turn(to: moment("2026-11-30T23:59:59.999Z"))
        #expect(try await till.balance(.uploads).amounts == [1, 0])
    }

    @Test func `a new month or day starts at zero, what is stored stays`() async throws {
        let till = try await Till()
        try await till.commit(
            try await till.reserve([(.uploads, 2), (.storageBytes, 9), (.aiPrompts, 4)], on: Plan()))
        till.clock.turn(to: moment("2026-11-22T00:00:00.000Z"))
        #expect(try await till.balance(.aiPrompts).amounts == [0, 0])
        #expect(try await till.balance(.uploads).amounts == [2, 0])
        till.clock.turn(to: moment("2026-12-01T00:00:00.000Z"))
        #expect(try await till.balance(.uploads).amounts == [0, 0])
        #expect(try await till.balance(.storageBytes).amounts == [9, 0])
    }

    @Test func `balances name every unit, with its reset`() async throws {
        let till = try await Till()
        let plan = Entitlement(Plan(uploadsPerMonth: 7))
        let balances = try await till.database.read { try till.ledger.balances(of: till.account, under: plan, in: $0) }
        #expect(balances.map(\.unit) == QuotaUnit.allCases)
        #expect(balances.map(\.limit) == [7, nil, nil, nil, nil, nil])
        #expect(balances.allSatisfy { $0.used == 0 && $0.held == 0 })
        #expect(try await till.balance(.uploads).resetsAt == moment("2026-12-01T00:00:00.000Z"))
        #expect(try await till.balance(.aiPrompts).resetsAt == moment("2026-11-22T00:00:00.000Z"))
        #expect(try await till.balance(.storageBytes).resetsAt == nil)
    }
}
