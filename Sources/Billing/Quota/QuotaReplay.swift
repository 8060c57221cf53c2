import Storage

/// The entries of one balance, added up again.
struct QuotaReplay {
    let account: String
    let unit: String
    let period: String
    /// Of the last entry.
    private(set) var number = 0
    /// What the entries leave of holds that have not ended. What no hold is named for is nobody's.
    private(set) var open: [String?: Int] = [:]
    private var (count, used, held) = (0, 0, 0)
    private let kept: (used: Int, held: Int, entries: Int)

    /// - Parameter row: its first entry, beside what the balance says.
    init(_ account: String, _ unit: String, _ period: String, _ row: Row) throws {
        (self.account, self.unit, self.period) = (account, unit, period)
        kept = (
            try row.get(optional: "kept_used") ?? 0, try row.get(optional: "kept_held") ?? 0,
            try row.get(optional: "kept_entries") ?? 0
        )
    }

    func isOf(_ account: String, _ unit: String, _ period: String) -> Bool {
        (self.account, self.unit, self.period) == (account, unit, period)
    }

    /// Damage may be of any size, so sums wrap around instead of trapping.
    ///
    /// - Returns: what is wrong with the entry itself.
    mutating func apply(_ row: Row) throws -> [QuotaDifference.Kind] {
        var kinds: [QuotaDifference.Kind] = []
        let (intoHeld, intoUsed): (Int, Int) = (try row.get("held"), try row.get("used"))
        let hold: String? = try row.get(optional: "hold")
        let sum = try intoHeld &+ intoUsed &+ row.get("correction", as: Int.self) &+ row.get("available", as: Int.self)
        number = try row.get("number")
        (count, used, held) = (count + 1, used &+ intoUsed, held &+ intoHeld)
        let left = open[hold, default: 0] &+ intoHeld
        open[hold] = left == 0 ? nil : left
        if sum != 0 { kinds.append(.unbalanced(number: number, sum: sum)) }
        if number != count { kinds.append(.outOfOrder(number: number, expected: count)) }
        if used < 0 || held < 0 { kinds.append(.negative(number: number, used: used, held: held)) }
        count = number
        return kinds
    }

    /// What is wrong with the balance.
    var differences: [QuotaDifference.Kind] {
        var kinds: [QuotaDifference.Kind] = []
        if (kept.used, kept.held) != (used, held) {
            kinds.append(.balance(used: kept.used, held: kept.held, replayedUsed: used, replayedHeld: held))
        }
        if kept.entries != count { kinds.append(.count(kept: kept.entries, replayed: count)) }
        return kinds
    }
}
