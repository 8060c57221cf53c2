import Storage

/// How much of something there was, how often, and what it cost. At the end of the range sums stay there.
public struct UsageSum: Equatable, Sendable {
    /// In what the feature counts: see ``UsageUnit/counts``.
    public private(set) var amount: Int
    public private(set) var tokens: AITokens
    /// How many entries, or pieces.
    public private(set) var count: Int
    public private(set) var cost: UsageCost

    init(amount: Int = 0, tokens: AITokens = AITokens(), count: Int = 0, cost: UsageCost = UsageCost(.zero)) {
        (self.amount, self.tokens, self.count, self.cost) = (amount, tokens, count, cost)
    }

    static func += (a: inout UsageSum, b: UsageSum) {
        a.amount = a.amount.adding(b.amount)
        a.tokens = AITokens(
            input: a.tokens.input.adding(b.tokens.input), output: a.tokens.output.adding(b.tokens.output))
        a.count = a.count.adding(b.count)
        a.cost += b.cost
    }

    /// Of a row of `usage_days`.
    init(day row: Row) throws {
        amount = try row.get("amount")
        tokens = AITokens(input: try row.get("input_tokens"), output: try row.get("output_tokens"))
        count = try row.get("count")
        cost = UsageCost((try row.get("cost_microusd"), try row.get("cost_rest")))
    }

    /// Of a row of `usage_entries`.
    init(entry row: Row) throws {
        // Of a feature that is not known any more, as if it counted in whole numbers.
        let unit = UsageFeature(rawValue: try row.get("feature"))?.unit ?? .tokens
        amount = unit.count(of: try row.get("amount"))
        tokens = AITokens(input: try row.get("input_tokens"), output: try row.get("output_tokens"))
        (count, cost) = (1, UsageCost(MicroUSD(max(0, try row.get("cost_microusd")))))
    }
}

/// What was done of one thing on one day.
public struct UsageLine: Equatable, Sendable {
    public let day: UTCDay
    public let feature: UsageFeature
    /// Of AI: what it was for.
    public let purpose: AIFeature?
    public let sum: UsageSum
}

extension UsageLine {
    /// How much, in the feature's own unit: `12.5 seconds`.
    public var amountText: String { "\(feature.unit.text(of: sum.amount)) \(feature.unit.rawValue)" }

    /// Where a sum of a day stands.
    struct Key: Hashable, Comparable {
        let account: AccountID
        let day: UTCDay
        let feature: String
        let detail: String

        init(account: AccountID, day: UTCDay, feature: String, detail: String) {
            (self.account, self.day, self.feature, self.detail) = (account, day, feature, detail)
        }

        /// Of a row of `usage_entries`.
        init(entry row: Row) throws {
            let createdAt: Timestamp = try row.get("created_at")
            self.init(
                account: try row.get("account"), day: UTCDay(createdAt), feature: try row.get("feature"),
                detail: try row.get("detail"))
        }

        static func < (a: Key, b: Key) -> Bool {
            (a.account.text, a.day, a.feature, a.detail) < (b.account.text, b.day, b.feature, b.detail)
        }

        /// Where sums stay: one more, for a rest that becomes whole, still fits the column.
        private static let largest = Int.max - 1

        /// Makes the sum of the day larger, in one statement.
        func add(_ sum: UsageSum, in session: any WriteSession) throws(DatabaseError) {
            let (largest, one) = (Self.largest, UsageCost.restsInOne)
            func grown(_ column: SQL) -> SQL {
                """
                \(column) = CASE WHEN usage_days.\(column) > \(largest) - excluded.\(column) THEN \(largest)
                    ELSE usage_days.\(column) + excluded.\(column) END
                """
            }
            let rest: SQL = "usage_days.cost_rest + excluded.cost_rest"
            try session.execute(
                """
                INSERT INTO usage_days (account, day, feature, detail, amount, input_tokens, output_tokens, count,
                    cost_microusd, cost_rest)
                VALUES (\(account), \(day), \(feature), \(detail), \(min(sum.amount, largest)),
                    \(min(sum.tokens.input, largest)), \(min(sum.tokens.output, largest)), \(min(sum.count, largest)),
                    \(min(max(0, sum.cost.whole.count), largest)), \(sum.cost.rest))
                ON CONFLICT (account, day, feature, detail) DO UPDATE SET
                    \(grown("amount")), \(grown("input_tokens")), \(grown("output_tokens")), \(grown("count")),
                    \(grown("cost_microusd")) + CASE WHEN \(rest) >= \(one) THEN 1 ELSE 0 END,
                    cost_rest = (\(rest)) % \(one)
                """)
        }
    }
}
