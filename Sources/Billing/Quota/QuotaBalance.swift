import Storage

/// What an account has used and held of one unit in a window.
public struct QuotaBalance: Equatable, Sendable {
    public let unit: QuotaUnit
    public let used: Int
    public let held: Int
    /// Nil where the plan has none.
    public let limit: Int?
    /// Nil for a gauge.
    public let resetsAt: Timestamp?
}

/// Which balance: of whom, of what, when.
struct QuotaPlace: Hashable {
    let account: AccountID
    let unit: QuotaUnit
    /// The name of a ``QuotaWindow``.
    let period: String
}

extension QuotaPlace {
    init(_ row: Row) throws(DatabaseError) {
        (account, unit, period) = (try row.get("account"), try row.get("unit"), try row.get("period"))
    }

    /// Of the one row of `quota_balances`.
    var condition: SQL { "account = \(account) AND unit = \(unit) AND period = \(period)" }

    /// Balances are always locked in this order, so that transactions wait for each other instead of in a circle.
    static func precedes(_ a: QuotaPlace, _ b: QuotaPlace) -> Bool {
        (a.account.text, a.unit.rawValue, a.period) < (b.account.text, b.unit.rawValue, b.period)
    }
}

/// A row of `quota_balances` after a change.
struct QuotaStanding {
    static let columns: SQL = "used, held, entries, ceiling, told"

    let used: Int
    let held: Int
    /// How many entries there are, the last included: its number.
    let entries: Int
    /// The limit that was last reserved under; nil for none.
    let ceiling: Int?
    /// The threshold that was told last, and that it has not been below since.
    let told: Int
}

extension QuotaStanding {
    init(_ row: Row) throws(DatabaseError) {
        (used, held, entries) = (try row.get("used"), try row.get("held"), try row.get("entries"))
        (ceiling, told) = (try row.get(optional: "ceiling"), try row.get("told"))
    }
}
