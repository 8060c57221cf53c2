import FreshDatabases
import Storage
import StorageTestKit

@testable import Billing

/// An empty usage log, and a clock the test turns.
struct Meter {
    let clock = ManualClock(moment("2026-11-21T10:00:00.000Z"))
    let database: any Database
    let log: UsageLog
    let rollUp: UsageRollUp
    let account: AccountID

    init(
        _ prices: CostPrices = CostPrices(), database: (any Database)? = nil, account: AccountID = .random()
    ) async throws {
        self.database = if let database { database } else { try await FreshDatabase.make() }
        self.account = account
        log = UsageLog(clock: clock)
        rollUp = UsageRollUp(prices: prices, clock: clock)
        try await self.database.migrate([BillingSchema.migrations], at: clock.now())
    }

    func record(
        _ feature: UsageFeature = .analysis, _ amount: Double, cost: Int = 0, for other: AccountID? = nil
    ) async throws {
        let account = other ?? account
        try await database.write { session in
            try log.record(feature, amount: amount, cost: MicroUSD(cost), for: account, job: nil, in: session)
        }
    }

    func prompt(_ tokens: AITokens, _ purpose: AIFeature, cost: Int = 0) async throws {
        try await database.write { session in
            _ = try log.record(
                tokens, purpose: purpose, cost: MicroUSD(cost), for: account, job: nil, in: session)
        }
    }

    func send(_ bytes: Int, at prices: CostPrices = CostPrices(), for other: AccountID? = nil) async throws {
        let account = other ?? account
        try await database.write(.readCommitted) { session in
            try log.add(.egress, count: bytes, cost: prices.egressCost(bytes: bytes), for: account, in: session)
        }
    }

    /// As a sample that was uploaded or deleted leaves it.
    func store(_ bytes: Int, for other: AccountID? = nil) async throws {
        let account = other ?? account
        try await database.write { session in
            _ = try session.execute(
                """
                INSERT INTO quota_balances (account, unit, period, used, held)
                VALUES (\(account), 'storage_bytes', 'all', \(bytes), 0)
                ON CONFLICT (account, unit, period) DO UPDATE SET used = excluded.used
                """)
        }
    }

    func report(_ first: String, _ last: String, of other: AccountID? = nil) async throws -> UsageReport {
        let account = other ?? account
        return try await database.read { session in
            try log.report(of: account, from: day(first), through: day(last), in: session)
        }
    }

    /// Of all that was ever noted, as `2026-11-21 analysis 2.500 x1 38`.
    func lines(_ first: String = "2026-11-01", _ last: String = "2026-12-31") async throws -> [String] {
        try await report(first, last).lines.map { line in
            let name = line.purpose.map { "\(line.feature.rawValue)/\($0)" } ?? line.feature.rawValue
            let amount = line.feature.unit.text(of: line.sum.amount)
            return "\(line.day) \(name) \(amount) x\(line.sum.count) \(line.sum.cost.whole.count)"
        }
    }

    func entries() async throws -> Int {
        try await count("SELECT COUNT(*) AS n FROM usage_entries")
    }

    func openEntries() async throws -> Int {
        try await count("SELECT COUNT(*) AS n FROM usage_entries WHERE rolled_up = 0")
    }

    private func count(_ sql: SQL) async throws -> Int {
        try await database.read { try $0.row(sql)?.get("n") ?? -1 }
    }
}

/// - Parameter text: as `2026-11-21`.
func day(_ text: String) -> UTCDay {
    guard let day = UTCDay(text) else { preconditionFailure("'\(text)' is not a day") }
    return day
}
