import Storage

extension UsageReport {
    static let columns = [
        "day", "feature", "purpose", "amount", "unit", "input_tokens", "output_tokens", "count", "cost_usd",
    ]

    /// A line for each ``UsageLine``, after one with names: RFC 4180. Amounts and dollars are exact.
    public var csv: String {
        let rows = lines.map { line in
            [
                "\(line.day)", line.feature.rawValue, line.purpose?.name ?? "",
                line.feature.unit.text(of: line.sum.amount), line.feature.unit.rawValue,
                "\(line.sum.tokens.input)", "\(line.sum.tokens.output)", "\(line.sum.count)",
                line.sum.cost.whole.text,
            ]
        }
        return ([Self.columns] + rows).map { $0.map(CSVCell.plain).joined(separator: ",") + "\r\n" }.joined()
    }
}

/// As `{"from", "through", "lines", "totals", "cost_microusd"}`.
extension UsageReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case from, through, lines, totals
        case cost = "cost_microusd"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(days.lowerBound, forKey: .from)
        try container.encode(days.upperBound, forKey: .through)
        try container.encode(
            lines.map { UsageRecord(day: $0.day, $0.feature, $0.purpose, $0.sum) }, forKey: .lines)
        try container.encode(totals.map { UsageRecord(day: nil, $0.feature, nil, $0.sum) }, forKey: .totals)
        try container.encode(cost, forKey: .cost)
    }
}

private struct UsageRecord: Encodable {
    let day: UTCDay?
    let feature: UsageFeature
    let purpose: AIFeature?
    let amount: Double
    let unit: UsageUnit
    let inputTokens: Int?
    let outputTokens: Int?
    let count: Int
    let cost: MicroUSD

    enum CodingKeys: String, CodingKey {
        case day, feature, purpose, amount, unit, count
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case cost = "cost_microusd"
    }

    init(day: UTCDay?, _ feature: UsageFeature, _ purpose: AIFeature?, _ sum: UsageSum) {
        (self.day, self.feature, self.purpose, unit) = (day, feature, purpose, feature.unit)
        amount = feature.unit.amount(of: sum.amount)
        inputTokens = feature == .ai ? sum.tokens.input : nil
        outputTokens = feature == .ai ? sum.tokens.output : nil
        (count, cost) = (sum.count, sum.cost.whole)
    }
}
