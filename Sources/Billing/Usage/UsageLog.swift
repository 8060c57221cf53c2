import Foundation
import Storage

/// What was done for whom, and what it cost. Only ever appended to.
public struct UsageLog: Sendable {
    private let clock: any WallClock

    public init(clock: any WallClock = SystemClock()) {
        self.clock = clock
    }

    /// - Parameters:
    ///   - feature: what was done, as `analysis`.
    ///   - amount: how much of it, in the feature's own unit (seconds of analysis).
    public func record(
        _ feature: String, amount: Double, cost: MicroUSD, for account: AccountID, job: String?,
        in session: any WriteSession
    ) throws(DatabaseError) {
        let id = Identifier<UsageLog>.random()
        try session.execute(
            """
            INSERT INTO usage_entries (id, account, job, feature, amount, cost_microusd, created_at)
            VALUES (\(id), \(account), \(job), \(feature), \(amount), \(cost.count), \(clock.now()))
            """)
    }

    /// What was done for an account, newest first.
    public func list(
        of account: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<UsageEntry> {
        let rows = try session.rows(
            """
            SELECT id, feature, amount, cost_microusd, created_at FROM usage_entries
            WHERE account = \(account) \(page.condition) ORDER BY created_at DESC, id DESC LIMIT \(page.limit + 1)
            """)
        return Page(try rows.map(UsageEntry.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }
}

/// One thing that was done.
public struct UsageEntry: Equatable, Sendable, Encodable {
    public let id: Identifier<UsageLog>
    public let feature: String
    /// In the feature's own unit.
    public let amount: Double
    public let costMicroUSD: Int
    public let createdAt: Timestamp

    init(_ row: Row) throws {
        (id, feature, amount) = (try row.get("id"), try row.get("feature"), try row.get("amount"))
        (costMicroUSD, createdAt) = (try row.get("cost_microusd"), try row.get("created_at"))
    }
}

/// Money, in millionths of a US dollar: whole numbers, so that sums are exact.
public struct MicroUSD: Equatable, Sendable {
    public let count: Int

    public init(_ count: Int) {
        self.count = count
    }

    /// Dollars, for display.
    public var dollars: Double { Double(count) / 1_000_000 }
}

extension PlanBook {
    /// What an analysis that took `seconds` costs the operator, rounded to a millionth of a dollar.
    public func analysisCost(seconds: Double) -> MicroUSD {
        let cost = (max(0, seconds) * Double(analysisSecondMicroUSD)).rounded()
        return MicroUSD(Int(exactly: cost) ?? Int.max)
    }
}
