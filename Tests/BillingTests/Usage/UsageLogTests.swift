import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct UsageLogTests {
    @Test func `an entry says what was done, for whom, and what it cost`() async throws {
        let till = try await Till()
        let log = UsageLog(clock: till.clock)
        for job in ["job-1", nil] {
            try await till.database.write { session in
                try log.record(
                    "analysis", amount: 2.5, cost: MicroUSD(38), for: till.account, job: job, in: session)
            }
        }
        let rows = try await till.database.read { try $0.rows("SELECT * FROM usage_entries ORDER BY job NULLS FIRST") }
        #expect(rows.count == 2)
        let row = try #require(rows.last)
        #expect(try row.get("account") == till.account)
        #expect(try row.get("job") == "job-1")
        #expect(try rows[0].get(optional: "job", as: String.self) == nil)
        #expect(try row.get("feature") == "analysis")
        #expect(try row.get("amount") == 2.5)
        #expect(try row.get("cost_microusd") == 38)
        #expect(try row.get("created_at") == till.clock.now())
    }

    @Test(arguments: [
        (0.0, 0), (1.0, 15), (0.03, 0), (0.0334, 1), (0.1, 2), (2.5, 38), (-4.0, 0), (3_600.0, 54_000),
        (1e30, Int.max),
    ])
    func `the cost of an analysis is rounded to a millionth of a dollar`(seconds: Double, cost: Int) throws {
        let book = try PlanBook(defaultPlan: "a", plans: ["a": Plan()], analysisSecondMicroUSD: 15)
        #expect(book.analysisCost(seconds: seconds) == MicroUSD(cost))
    }

    @Test func `money is shown in dollars`() {
        #expect(MicroUSD(1_250_000).dollars == 1.25)
    }
}
