/// More of something, paid for beside a plan, so many times.
public struct AddOn: Equatable, Sendable {
    /// For people: `100 GB more`.
    public var title: String
    /// What one of it adds to the limits of the plan. What has no limit stays so.
    public var adds: [PlanLimit: Int]
    public var prices: [PlanPrice]
    /// As many as this count, however many are paid for.
    public var maxQuantity: Int
    /// The plans that may have it; nil for all.
    public var plans: Set<String>?

    public static let quantities = 1...10_000

    public init(
        title: String, adds: [PlanLimit: Int], prices: [PlanPrice], maxQuantity: Int = 1, plans: Set<String>? = nil
    ) {
        (self.title, self.adds, self.prices) = (title, adds, prices)
        (self.maxQuantity, self.plans) = (maxQuantity, plans)
    }

    func goesWith(_ plan: String) -> Bool { plans?.contains(plan) ?? true }
}

extension Plan {
    /// Adds what so many of an add-on give. Saturates.
    mutating func add(_ addOn: AddOn, times quantity: Int) {
        for (limit, amount) in addOn.adds {
            guard let present = self[limit] else { continue }
            let (more, isTooMuch) = max(0, amount).multipliedReportingOverflow(by: max(0, quantity))
            let (sum, overflow) = present.addingReportingOverflow(more)
            self[limit] = isTooMuch || overflow ? .max : sum
        }
    }
}

extension AddOn: Encodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case title, adds, prices, plans
        case maxQuantity = "max_quantity"
    }

    static func read(_ decoder: any Decoder, named name: String, noting faults: PlanFaults) -> AddOn? {
        guard let object = PlanFileObject(decoder, by: CodingKeys.self, noting: faults) else { return nil }
        var adds: [PlanLimit: Int] = [:]
        if let decoder = object.decoder(.adds),
            let amounts = PlanFileObject(decoder, by: PlanLimit.self, noting: faults)
        {
            for limit in PlanLimit.allCases { adds[limit] = amounts.number(limit) }
        }
        return AddOn(
            title: object.value(.title, as: String.self) ?? name, adds: adds,
            prices: object.list(.prices).compactMap { PlanPrice.read($0, noting: faults) },
            maxQuantity: object.number(.maxQuantity, in: quantities) ?? 1,
            plans: object.value(.plans, as: [String].self).map(Set.init))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(title, forKey: .title)
        var amounts = container.nestedContainer(keyedBy: PlanLimit.self, forKey: .adds)
        for (limit, amount) in adds { try amounts.encode(amount, forKey: limit) }
        try container.encode(prices, forKey: .prices)
        try container.encode(maxQuantity, forKey: .maxQuantity)
        try container.encode(plans?.sorted(), forKey: .plans)
    }
}
