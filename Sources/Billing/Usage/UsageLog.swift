import Storage

/// What was done for whom, and what it cost. Only ever appended to; sums of days are made of it (``UsageRollUp``).
public struct UsageLog: Sendable {
    let clock: any WallClock

    public init(clock: any WallClock = SystemClock()) {
        self.clock = clock
    }

    /// - Parameters:
    ///   - amount: how much of it, in the feature's own unit: seconds are kept to the thousandth, all else in whole numbers.
    ///     What is negative or no number counts nothing.
    ///   - cost: what it cost the operator; never negative.
    public func record(
        _ feature: UsageFeature, amount: Double, cost: MicroUSD, for account: AccountID, job: String?,
        in session: any WriteSession
    ) throws(DatabaseError) {
        _ = try insert(
            .random(), feature, count: feature.unit.count(of: amount), cost: cost, for: account, job: job, in: session)
    }

    /// Notes what a language model was asked and answered, once for each `id`.
    ///
    /// - Parameters:
    ///   - purpose: what the user wanted, as ``AIFeature/draftMessage``.
    ///   - prompt: its text, where the operator wants it kept; the first 4,000 characters are.
    /// - Returns: false if it is noted already.
    @discardableResult
    public func record(
        _ tokens: AITokens, once id: Identifier<UsageLog> = .random(), purpose: AIFeature, prompt: String? = nil,
        cost: MicroUSD, for account: AccountID, job: String?, in session: any WriteSession
    ) throws(DatabaseError) -> Bool {
        try insert(
            id, .ai, count: tokens.sum, tokens, purpose, prompt: prompt.map { String($0.prefix(4_000)) }, cost: cost,
            for: account, job: job, in: session)
    }

    private func insert(
        _ id: Identifier<UsageLog>, _ feature: UsageFeature, count: Int, _ tokens: AITokens = AITokens(),
        _ purpose: AIFeature? = nil, prompt: String? = nil, cost: MicroUSD, for account: AccountID, job: String?,
        in session: any WriteSession
    ) throws(DatabaseError) -> Bool {
        try session.execute(
            """
            INSERT INTO usage_entries (id, account, job, feature, detail, amount, input_tokens, output_tokens, prompt,
                cost_microusd, rolled_up, created_at)
            VALUES (\(id), \(account), \(job), \(feature), \(purpose?.name ?? ""), \(feature.unit.amount(of: count)),
                \(tokens.input), \(tokens.output), \(prompt), \(max(0, cost.count)), 0, \(clock.now()))
            ON CONFLICT (id) DO NOTHING
            """) == 1
    }

    /// Adds to the sum of today, without an entry: for what comes in small pieces, as every download does.
    ///
    /// One statement, and all of an account's of a day meet in one row: give it a transaction of its own, which
    /// ``WriteIsolation/readCommitted`` suits, where many come at once.
    ///
    /// - Parameter count: of what the feature counts; what is not positive counts nothing.
    public func add(
        _ feature: UsageFeature, count: Int, cost: UsageCost, for account: AccountID, in session: any WriteSession
    ) throws(DatabaseError) {
        let sum = UsageSum(amount: max(0, count), count: 1, cost: cost)
        try UsageLine.Key(account: account, day: UTCDay(clock.now()), feature: feature.rawValue, detail: "")
            .add(sum, in: session)
    }

    /// What was done for an account, newest first. What only went into sums of days is not among it.
    public func list(
        of account: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<UsageEntry> {
        try list(of: account, "", page, in: session)
    }

    /// What language models were asked for an account, newest first.
    public func prompts(
        of account: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<UsageEntry> {
        try list(of: account, "AND feature = 'ai'", page, in: session)
    }

    /// The sums of an account's days, oldest first. What is noted and not summed yet is not among them.
    ///
    /// - Parameter page: its cursor is one by ``PageCursor/init(place:id:)``.
    public func days(
        of account: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<UsageLine> {
        let names = page.after?.id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let after: SQL =
            if let day = page.after?.place, let names, names.count == 2 {
                "AND (day, feature, detail) > (\(day), \(names[0]), \(names[1]))"
            } else { "" }
        let rows = try session.rows(
            """
            SELECT day, feature, detail, amount, input_tokens, output_tokens, count, cost_microusd, cost_rest
            FROM usage_days WHERE account = \(account) \(after) ORDER BY day, feature, detail LIMIT \(page.limit + 1)
            """)
        let found: [(line: UsageLine, detail: String)] = try rows.map { row in
            let detail: String = try row.get("detail")
            let line = UsageLine(
                day: try row.get("day"), feature: try row.get("feature"), purpose: AIFeature(detail),
                sum: try UsageSum(day: row))
            return (line, detail)
        }
        return Page(found, limit: page.limit) { line, detail in
            PageCursor(place: Int(clamping: line.day.number), id: "\(line.feature.rawValue)/\(detail)")
        }.map { $0.line }
    }

    /// Forgets the texts of prompts; what they cost stays.
    public func erasePrompts(of account: AccountID, in session: any WriteSession) throws(DatabaseError) {
        try session.execute(
            "UPDATE usage_entries SET prompt = NULL WHERE account = \(account) AND prompt IS NOT NULL")
    }

    private func list(
        of account: AccountID, _ condition: SQL, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<UsageEntry> {
        let rows = try session.rows(
            """
            SELECT \(UsageEntry.columns) FROM usage_entries
            WHERE account = \(account) \(condition) \(page.newestFirst)
            """)
        return Page(try rows.map(UsageEntry.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }
}

extension PlanBook {
    /// What an analysis that took `seconds` costs the operator, to the nearest millionth of a dollar, halves up.
    ///
    /// Paid for is what ``UsageLog`` keeps of the time, so that whoever multiplies an entry's amount finds its cost.
    public func analysisCost(seconds: Double) -> MicroUSD {
        let unit = UsageFeature.analysis.unit
        let cost = unit.count(of: seconds).saturatingProduct(analysisSecondMicroUSD)
        return MicroUSD(cost).divided(by: unit.counts) ?? .zero
    }
}
