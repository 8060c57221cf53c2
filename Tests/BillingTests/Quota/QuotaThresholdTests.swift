import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Billing

@Suite struct QuotaThresholdTests {
    @Test(arguments: [
        (79, 100, 0), (80, 100, 80), (99, 100, 80), (100, 100, 100), (130, 100, 100), (0, 0, 0), (1, 1, 100),
        (2, 3, 0), (3, 3, 100), (7, 9, 0), (8, 9, 80), (0, .max, 0), (.max, .max, 100),
    ])
    func `a threshold is reached at 80 and 100 of a hundred, rounded up`(used: Int, limit: Int, percent: Int) {
        #expect(QuotaThreshold.reached(by: used, of: limit) == percent)
        #expect(QuotaThreshold.reached(by: used, of: nil) == 0)
    }

    @Test func `each threshold is told once in a window, when it is used up to there`() async throws {
        let told = Told()
        let till = try await Till(notify: told.hear)
        let plan = Plan(uploadsPerMonth: 10)
        let hold = try await till.reserve([(.uploads, 8)], on: plan)
        #expect(told.percents == [])
        try await till.commit(hold)
        #expect(told.percents == [80])
        try await till.use(1, .uploads, on: plan)
        try await till.use(1, .uploads, on: plan)
        #expect(told.percents == [80, 100])
        // The operator takes one back, and it is used again: within a window nothing is told twice.
        try await till.correct(.uploads, by: -5, on: plan)
        try await till.use(5, .uploads, on: plan)
        #expect(told.percents == [80, 100])
        till.clock.turn(to: moment("2026-12-01T00:00:00.000Z"))
        try await till.use(10, .uploads, on: plan)
        #expect(told.percents == [80, 100, 100])
        let last = try #require(told.all.last)
        #expect(
            (last.account, last.unit, last.period, last.used, last.limit) == (till.account, .uploads, "2026-12", 10, 10)
        )
        #expect(last.reachedAt == till.clock.now())
    }

    @Test func `what is stored is told again after it fell below`() async throws {
        let told = Told()
        let till = try await Till(notify: told.hear)
        let plan = Plan(storageBytes: 100)
        try await till.use(85, .storageBytes, on: plan)
        try await till.free(5, of: .storageBytes)
        try await till.use(5, .storageBytes, on: plan)
        #expect(told.percents == [80])
        try await till.free(6, of: .storageBytes)
        try await till.use(21, .storageBytes, on: plan)
        #expect(told.percents == [80, 100])
        try await till.free(1, of: .storageBytes)
        try await till.use(1, .storageBytes, on: plan)
        #expect(told.percents == [80, 100, 100])
    }

    @Test func `a change of plan tells nothing again, unless it fell below`() async throws {
        let told = Told()
        let till = try await Till(notify: told.hear)
        try await till.use(90, .uploads, on: Plan(uploadsPerMonth: 100))
        try await till.use(1, .uploads, on: Plan(uploadsPerMonth: 110))
        try await till.use(1, .uploads, on: Plan(uploadsPerMonth: 100))
        #expect(told.percents == [80])
        try await till.use(1, .uploads, on: Plan(uploadsPerMonth: 1_000))
        #expect(told.percents == [80])
        try await till.use(1, .uploads, on: Plan(uploadsPerMonth: 100))
        #expect(told.percents == [80, 80])
        try await till.use(1, .uploads, on: Plan())
        #expect(told.percents == [80, 80])
    }

    @Test func `what is told is undone with the transaction`() async throws {
        let till = try await Till { threshold, session in
            try session.execute(
                "INSERT INTO account_plans (account, plan, since) VALUES (\(threshold.account), 'told', 0)")
        }
        let hold = try await till.reserve([(.uploads, 8)], on: Plan(uploadsPerMonth: 10))
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await till.database.write { session in
                try till.ledger.commit(hold, in: session)
                throw Stop()
            }
        }
        let plans: SQL = "SELECT COUNT(*) AS n FROM account_plans"
        #expect(try await till.database.read { try $0.row(plans)?.get("n") } == 0)
        try await till.commit(hold)
        #expect(try await till.database.read { try $0.row(plans)?.get("n") } == 1)
    }

    @Test func `of many commits at once one reaches each threshold`() async throws {
        let till = try await Till { threshold, session in
            try session.execute(
                "INSERT INTO account_plans (account, plan, since) VALUES (\(HoldID.random()), 'told', \(threshold.percent))"
            )
        }
        var holds: [HoldID] = []
        for _ in 1...20 { holds.append(try await till.reserve([(.uploads, 1)], on: Plan(uploadsPerMonth: 20))) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for hold in holds { group.addTask { try await till.commit(hold) } }
            try await group.waitForAll()
        }
        let told = try await till.database.read { session in
            try session.rows("SELECT since FROM account_plans ORDER BY since").map { try $0.get("since", as: Int.self) }
        }
        #expect(told == [80, 100])
    }
}

/// What was told, in order.
private final class Told: Sendable {
    private let thresholds = Mutex<[QuotaThreshold]>([])

    var all: [QuotaThreshold] { thresholds.withLock { $0 } }
    var percents: [Int] { all.map(\.percent) }

    var hear: QuotaLedger.Notify {
        { threshold, session in
            // Only what is kept counts: a body may run again.
            session.afterCommit { self.thresholds.withLock { $0.append(threshold) } }
        }
    }
}
