import Storage

/// Makes the sums of days out of what was noted, for a schedule: as often as one likes, on as many machines as one likes.
///
/// An entry bears a mark when it has gone into its day, set in the same transaction: it counts once, whatever is run twice,
/// crashes or comes late, and the sums of days and the entries without a mark are all that was done at any moment.
public struct UsageRollUp: Sendable {
    /// How long entries are kept that have gone into their day, if nothing else is said; the sums are kept for ever.
    public static let entryLife = Duration.seconds(400 * 86_400)

    let clock: any WallClock
    let prices: CostPrices

    public init(prices: CostPrices, clock: any WallClock = SystemClock()) {
        (self.prices, self.clock) = (prices, clock)
    }

    /// What a run has done.
    public struct Report: Equatable, Sendable {
        /// That went into their days.
        public internal(set) var entries = 0
        /// What was stored: accounts, each for each day that is over.
        public internal(set) var storage = 0
        public internal(set) var pruned = 0
    }

    /// Does all there is to do, in transactions of at most `batch` rows.
    ///
    /// - Parameter batch: 1 to 5,000.
    /// - Throws: what the database does, or `CancellationError`: what was done until then stays done.
    public func run(on database: any Database, batch: Int = 500, entryLife: Duration = entryLife) async throws -> Report
    {
        let batch = min(max(batch, 1), 5_000)
        var report = Report()
        report.entries = try await repeating(batch, on: database) { try rollUp(atMost: batch, in: $0) }
        var isOver = false
        while !isOver {
            try Task.checkCancellation()
            let step = try await database.write(.readCommitted) { try takeStorage(atMost: batch, in: $0) }
            report.storage += step.accounts
            isOver = step.isOver
        }
        report.pruned = try await repeating(batch, on: database) {
            try prune(olderThan: entryLife, atMost: batch, in: $0)
        }
        return report
    }

    private func repeating(
        _ batch: Int, on database: any Database, _ step: @escaping @Sendable (any WriteSession) throws -> Int
    ) async throws -> Int {
        var (sum, last) = (0, batch)
        while last >= batch {
            try Task.checkCancellation()
            last = try await database.write(.readCommitted, step)
            sum += last
        }
        return sum
    }

    /// Puts entries that have not been into the sums of their days.
    ///
    /// - Returns: how many; fewer than `limit` when there are no more, or others are at them.
    public func rollUp(atMost limit: Int, in session: any WriteSession) throws -> Int {
        // By account: those of one are near each other, and meet in few sums.
        let rows = try session.rows(
            """
            SELECT id, account, feature, detail, amount, input_tokens, output_tokens, cost_microusd, created_at
            FROM usage_entries WHERE rolled_up = 0 ORDER BY account, created_at LIMIT \(limit) \(.skipLocked)
            """)
        var sums: [UsageLine.Key: UsageSum] = [:]
        for row in rows { sums[try UsageLine.Key(entry: row), default: UsageSum()] += try UsageSum(entry: row) }
        // In one order, so that two at work never wait for each other in a ring.
        for (key, sum) in sums.sorted(by: { $0.key < $1.key }) { try key.add(sum, in: session) }
        let ids = try rows.map { try $0.get("id", as: String.self) }
        let marked = try session.execute("UPDATE usage_entries SET rolled_up = 1 WHERE id IN (\(list: ids))")
        guard marked == ids.count else { throw DatabaseError.unexpected("usage entries went while they were summed") }
        return ids.count
    }

    /// Removes old entries that have gone into their days. Sums stay.
    ///
    /// - Returns: how many; fewer than `limit` when there are no more.
    public func prune(olderThan life: Duration, atMost limit: Int, in session: any WriteSession) throws -> Int {
        try session.execute(
            """
            DELETE FROM usage_entries WHERE id IN (
                SELECT id FROM usage_entries WHERE rolled_up = 1 AND created_at < \(clock.now() - life)
                ORDER BY created_at LIMIT \(limit) \(.skipLocked))
            """)
    }
}
