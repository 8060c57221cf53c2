import Billing

/// The plans of a book and what can be had beside them, for people.
struct PlanTable {
    private let book: PlanBook

    init(_ book: PlanBook) {
        self.book = book
    }

    var text: String {
        var plans = TextTable(
            "PLAN", "VERSION", "PRICES", "UPLOAD", "UPLOADS", "ANALYSES", "STORAGE", "PROMPTS", "LANE", "")
        for (name, plan) in book.versions {
            let limits = [
                size(plan.uploadBytes), count(plan.uploadsPerMonth), count(plan.analysesPerMonth),
                size(plan.storageBytes), count(plan.aiPromptsPerDay),
            ]
            let isNewest = book.plans[name]?.version == plan.version
            plans.add(
                [name.printable, "\(plan.version)", prices(plan.prices)] + limits
                    + [plan.lane.printable, isNewest ? "" : "earlier"])
        }
        guard !book.addOns.isEmpty else { return plans.text }
        var addOns = TextTable("ADD-ON", "PRICES", "ADDS", "MOST", "FOR")
        for (name, addOn) in book.addOns.sorted(by: { $0.key < $1.key }) {
            let adds = addOn.adds.map { "\($0.key.rawValue) +\(added($0.value, to: $0.key))" }.sorted()
            addOns.add([
                name.printable, prices(addOn.prices), adds.joined(separator: ", "), "\(addOn.maxQuantity)",
                addOn.plans?.sorted().joined(separator: ", ").printable ?? "all",
            ])
        }
        return plans.text + "\n" + addOns.text
    }

    private func prices(_ prices: [PlanPrice]) -> String {
        let texts = prices.map { price in
            let (whole, cents) = price.cents.quotientAndRemainder(dividingBy: 100)
            let interval = price.interval == .month ? "mo" : "yr"
            return "\(whole).\(cents < 10 ? "0" : "")\(cents) \(price.currency)/\(interval)"
        }
        return texts.isEmpty ? "-" : texts.joined(separator: ", ")
    }

    private func count(_ limit: Int?) -> String { limit.map { "\($0)" } ?? "-" }

    private func added(_ amount: Int, to limit: PlanLimit) -> String {
        limit == .storageBytes || limit == .uploadBytes ? size(amount) : "\(amount)"
    }

    /// In the largest unit of which it is a whole number.
    private func size(_ bytes: Int?) -> String {
        guard var number = bytes else { return "-" }
        var (unit, larger) = ("B", ["TiB", "GiB", "MiB", "KiB"])
        while number > 0, number.isMultiple(of: 1024), let next = larger.popLast() {
            (number, unit) = (number / 1024, next)
        }
        return "\(number) \(unit)"
    }
}
