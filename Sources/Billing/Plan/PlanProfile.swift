import Storage

/// The plan books that come with the program.
public enum PlanProfile: String, CaseIterable, Sendable {
    /// One generous plan, no delay: a studio's own server.
    case selfHosted = "self-hosted"
    /// Free, pro, enterprise, and storage beside the paid ones: a public service. The free lane starts after 12 to 24 hours, in quiet ones. It answers 100
    /// requests a minute of each account, and 20 of each address where nobody need sign in.
    case saas

    public var book: PlanBook {
        get throws(PlanBookError) {
            switch self {
            case .selfHosted:
                try PlanBook(
                    defaultPlan: "unlimited",
                    plans: ["unlimited": Plan(uploadBytes: 1 << 30, lane: "default", etaSeconds: 60)])
            case .saas:
                try PlanBook(
                    defaultPlan: "free", plans: ["free": .free, "pro": .pro, "enterprise": .enterprise],
                    addOns: [
                        "storage-100": .storage("100 GB more", gibibytes: 100, cents: 299, "storage-100-month-1"),
                        "storage-500": .storage("500 GB more", gibibytes: 500, cents: 999, "storage-500-month-1"),
                        "storage-1000": .storage("1 TB more", gibibytes: 1024, cents: 1799, "storage-1000-month-1"),
                    ],
                    requestLimits: RequestLimits(
                        perAccount: RateLimit(100, per: .seconds(60)), perAddress: RateLimit(20, per: .seconds(60))))
            }
        }
    }
}

extension Plan {
    fileprivate static let free = Plan(
        uploadBytes: 10 << 20, uploadsPerMonth: 100, analysesPerMonth: 100, storageBytes: 1 << 30, aiPromptsPerDay: 50,
        stemsMinutesPerMonth: 10, lane: "free", delaySeconds: 12 * 3600, delayUntilSeconds: 24 * 3600,
        etaSeconds: 18 * 3600, aiModel: "qwen/qwen3-7b", features: PlanFeature.known, title: "Free")
    fileprivate static let pro = Plan(
        uploadBytes: 50 << 20, uploadsPerMonth: 5_000, analysesPerMonth: 5_000, storageBytes: 50 << 30,
        aiPromptsPerDay: 500, stemsMinutesPerMonth: 600, lane: "pro", etaSeconds: 300, aiModel: "qwen/qwen3-235b",
        features: PlanFeature.known, prices: monthly(999, "pro-month-1"), title: "Pro")
    fileprivate static let enterprise = Plan(
        uploadBytes: 1 << 30, storageBytes: 1 << 40, lane: "pro", etaSeconds: 300, aiModel: "qwen/qwen3-235b",
        prices: monthly(9_900, "enterprise-month-1"), title: "Enterprise")
}

extension AddOn {
    fileprivate static func storage(_ title: String, gibibytes: Int, cents: Int, _ price: String) -> AddOn {
        AddOn(
            title: title, adds: [.storageBytes: gibibytes << 30], prices: monthly(cents, price), maxQuantity: 10,
            plans: ["pro", "enterprise"])
    }
}

private func monthly(_ cents: Int, _ name: String) -> [PlanPrice] {
    PriceName(name).map { [PlanPrice($0, cents)] } ?? []
}
