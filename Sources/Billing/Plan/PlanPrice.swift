/// What a plan or an add-on costs, for a month or a year.
///
/// Its name stands in subscriptions and at the payment provider, where the amount of a name never changes: another amount
/// is another name.
public struct PlanPrice: Equatable, Sendable {
    public let name: PriceName
    public let interval: BillingInterval
    /// In ``amounts``.
    public let cents: Int
    /// Three letters, lower case: `usd`.
    public let currency: String

    /// What providers take: up to 999,999.99.
    public static let amounts = 1...99_999_999

    public init(_ name: PriceName, _ cents: Int, _ currency: String = "usd", per interval: BillingInterval = .month) {
        (self.name, self.cents, self.currency, self.interval) = (name, cents, currency, interval)
    }

    /// The price that `price_cents_per_month` stands for: `pro-month-1` for the first version of `pro`.
    static func monthly(_ cents: Int, of plan: String, version: Int) -> PlanPrice? {
        let visible = plan.utf8.map { (0x21...0x7E).contains($0) ? Character(UnicodeScalar($0)) : "-" }
        return PriceName("\(String(visible))-month-\(version)").map { PlanPrice($0, cents) }
    }

    /// For comparing prices of different intervals without rounding; 0 for amounts that no price has.
    var centsPerYear: Int {
        guard Self.amounts.contains(cents) else { return 0 }
        return interval == .year ? cents : cents * 12
    }

    static func isCurrency(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }
}

extension PlanPrice: Encodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, interval, cents, currency
    }

    static func read(_ decoder: any Decoder, noting faults: PlanFaults) -> PlanPrice? {
        guard let object = PlanFileObject(decoder, by: CodingKeys.self, noting: faults) else { return nil }
        let name = object.required(.name, as: PriceName.self)
        let interval = object.required(.interval, as: BillingInterval.self)
        let cents = object.required(.cents, as: Int.self)
        let currency = object.value(.currency, as: String.self) ?? "usd"
        guard let name, let interval, let cents else { return nil }
        return PlanPrice(name, cents, currency, per: interval)
    }
}

extension [PlanPrice] {
    /// The least that is paid for a year; nil where nothing is.
    var leastPerYear: PlanPrice? { self.min { $0.centsPerYear < $1.centsPerYear } }
}
