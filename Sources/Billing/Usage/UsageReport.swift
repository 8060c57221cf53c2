import Storage

/// What an account used on some days, up to the moment it was asked for.
public struct UsageReport: Equatable, Sendable {
    /// The most days of one report.
    public static let longest = 400

    public let days: ClosedRange<UTCDay>
    /// By day, then by name. What is stored counts for a day when the day is over.
    public let lines: [UsageLine]

    package init(days: ClosedRange<UTCDay>, lines: [UsageLine]) {
        (self.days, self.lines) = (days, lines)
    }

    /// One for each feature that was used, by name.
    public var totals: [(feature: UsageFeature, sum: UsageSum)] {
        var sums: [UsageFeature: UsageSum] = [:]
        for line in lines { sums[line.feature, default: UsageSum()] += line.sum }
        return sums.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }

    public var cost: MicroUSD {
        lines.reduce(into: UsageCost(.zero)) { $0 += $1.sum.cost }.whole
    }
}

/// Days that no report is made for.
public enum UsageRangeFlaw: Error, Equatable, Sendable {
    case backwards
    case tooLong
}

extension UsageRangeFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .backwards: "the first day lies after the last: swap them"
        case .tooLong: "a report has at most \(UsageReport.longest) days: ask for fewer at once"
        }
    }
}

extension UsageLog {
    /// What an account used from the first to the last day.
    ///
    /// - Throws: ``UsageRangeFlaw``, or what the database does.
    public func report(
        of account: AccountID, from first: UTCDay, through last: UTCDay, in session: any ReadSession
    ) throws -> UsageReport {
        guard first <= last else { throw UsageRangeFlaw.backwards }
        let (length, overflow) = last.number.subtractingReportingOverflow(first.number)
        guard !overflow, length < UsageReport.longest else { throw UsageRangeFlaw.tooLong }
        var sums: [UsageLine.Key: UsageSum] = [:]
        try UsageLine.each("account = \(account)", in: first...last, session) { sums[$0, default: UsageSum()] += $1 }
        let lines = try sums.sorted { $0.key < $1.key }.map { key, sum in
            guard let feature = UsageFeature(rawValue: key.feature) else {
                throw DatabaseError.unexpected("usage of an unknown feature")
            }
            return UsageLine(day: key.day, feature: feature, purpose: AIFeature(key.detail), sum: sum)
        }
        return UsageReport(days: first...last, lines: lines)
    }

    /// What an account has used this month until now.
    public func reportOfMonth(of account: AccountID, in session: any ReadSession) throws -> UsageReport {
        let now = clock.now()
        return try report(of: account, from: UTCMonth(now).first, through: UTCDay(now), in: session)
    }
}

extension UsageLine {
    /// All sums and entries of some days: those of the days as they are, and each entry that is not among them yet. Of one
    /// snapshot, so that nothing is missing and nothing twice.
    static func each(
        _ condition: SQL, in days: ClosedRange<UTCDay>, _ session: any ReadSession,
        _ body: (Key, UsageSum) throws -> Void
    ) throws {
        try session.each(
            """
            SELECT account, day, feature, detail, amount, input_tokens, output_tokens, count, cost_microusd, cost_rest
            FROM usage_days WHERE \(condition) AND day >= \(days.lowerBound) AND day <= \(days.upperBound)
            """
        ) { row in
            let key = Key(
                account: try row.get("account"), day: try row.get("day"), feature: try row.get("feature"),
                detail: try row.get("detail"))
            try body(key, try UsageSum(day: row))
        }
        try session.each(
            """
            SELECT account, feature, detail, amount, input_tokens, output_tokens, cost_microusd, created_at
            FROM usage_entries WHERE \(condition) AND rolled_up = 0 AND created_at >= \(days.lowerBound.start)
                AND created_at < \(days.upperBound.advanced(by: 1).start)
            """
        ) { row in
            try body(try Key(entry: row), try UsageSum(entry: row))
        }
    }
}
