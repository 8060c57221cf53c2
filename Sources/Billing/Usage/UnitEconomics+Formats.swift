import Storage

extension UnitEconomics {
    /// A table for terminals, in dollars to four places.
    public var table: String {
        let features = UsageFeature.allCases
        let names =
            ["plan", "users", "active", "revenue", "cost", "margin", "cost/user", "margin/user"]
            + features.map(\.rawValue) + ["break-even"]
        let rows = (lines + [total]).map { line in
            [
                line.plan, "\(line.users)", "\(line.activeUsers)", line.revenue.shortText, line.cost.shortText,
                line.margin.shortText, line.costPerUser?.shortText ?? "-", line.marginPerUser?.shortText ?? "-",
            ] + features.map { (line.costs[$0] ?? .zero).shortText } + [breakEven(of: line.plan).map { "\($0)" } ?? "-"]
        }
        let widths = names.indices.map { column in ([names] + rows).map { $0[column].count }.max() ?? 0 }
        let text = ([names] + rows).map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }
        let end = "fixed costs \(fixedCosts.shortText), profit \(profit.shortText)"
        return (["\(month), US dollars"] + text + [end]).joined(separator: "\n") + "\n"
    }
}

/// As `{"month", "plans", "total", "fixed_costs_microusd", "profit_microusd"}`, money in millionths of a dollar.
extension UnitEconomics: Encodable {
    private enum CodingKeys: String, CodingKey {
        case month, plans, total
        case fixedCosts = "fixed_costs_microusd"
        case profit = "profit_microusd"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(month.description, forKey: .month)
        try container.encode(lines.map { PlanRecord($0, breakEven: breakEven(of: $0.plan)) }, forKey: .plans)
        try container.encode(PlanRecord(total, breakEven: nil), forKey: .total)
        try container.encode(fixedCosts, forKey: .fixedCosts)
        try container.encode(profit, forKey: .profit)
    }
}

private struct PlanRecord: Encodable {
    let plan: String
    let users: Int
    let activeUsers: Int
    let revenue, cost, margin: MicroUSD
    let costPerUser, marginPerUser: MicroUSD?
    let costs: [String: MicroUSD]
    let breakEven: Int?

    enum CodingKeys: String, CodingKey {
        case plan, users
        case activeUsers = "active_users"
        case revenue = "revenue_microusd"
        case cost = "cost_microusd"
        case margin = "margin_microusd"
        case costPerUser = "cost_per_user_microusd"
        case marginPerUser = "margin_per_user_microusd"
        case costs = "costs_microusd"
        case breakEven = "break_even_users"
    }

    init(_ line: PlanEconomics, breakEven: Int?) {
        (plan, users, activeUsers) = (line.plan, line.users, line.activeUsers)
        (revenue, cost, margin) = (line.revenue, line.cost, line.margin)
        (costPerUser, marginPerUser) = (line.costPerUser, line.marginPerUser)
        costs = Dictionary(uniqueKeysWithValues: line.costs.map { ($0.key.rawValue, $0.value) })
        self.breakEven = breakEven
    }
}
