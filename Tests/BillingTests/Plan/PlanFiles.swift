import Storage
import Testing

@testable import Billing

/// A plan file as somebody writes it.
func book(_ json: String) throws(PlanBookError) -> PlanBook {
    try PlanBook(json: Array(json.utf8))
}

func priceName(_ text: String) -> PriceName {
    guard let name = PriceName(text) else { preconditionFailure("'\(text)' is not the name of a price") }
    return name
}

extension PlanPrice {
    init(_ name: String, _ cents: Int, _ currency: String = "usd", per interval: BillingInterval = .month) {
        self.init(priceName(name), cents, currency, per: interval)
    }
}

extension Subscription.Item {
    init(_ price: String, _ quantity: Int = 1) {
        self.init(price: priceName(price), quantity: quantity)
    }
}

extension PlanBook {
    /// Free, two versions of pro, studio, and two add-ons, of which one goes with pro alone.
    static func shop(policy: SubscriptionPolicy = SubscriptionPolicy()) throws -> PlanBook {
        try PlanBook(
            defaultPlan: "free",
            plans: [
                "free": Plan(uploadsPerMonth: 10, storageBytes: 100, lane: "free"),
                "pro": Plan(
                    uploadsPerMonth: 200, storageBytes: 1_000, monthlyWindow: .billingPeriod, lane: "pro",
                    prices: [PlanPrice("pro-month-2", 1_299), PlanPrice("pro-year-2", 12_990, per: .year)],
                    trialDays: 14, version: 2, title: "Pro"),
                "studio": Plan(lane: "pro", prices: [PlanPrice("studio-month-1", 4_900)]),
            ],
            earlier: [
                "pro": [
                    Plan(uploadsPerMonth: 100, storageBytes: 900, lane: "pro", prices: [PlanPrice("pro-month-1", 999)])
                ]
            ],
            addOns: [
                "room": AddOn(
                    title: "More room", adds: [.storageBytes: 500],
                    prices: [PlanPrice("room-month-1", 299), PlanPrice("room-year-1", 2_990, per: .year)],
                    maxQuantity: 3,
                    plans: ["pro"]),
                "uploads": AddOn(
                    title: "More uploads", adds: [.uploadsPerMonth: 7],
                    prices: [PlanPrice("uploads-month-1", 99), PlanPrice("uploads-year-1", 990, per: .year)],
                    maxQuantity: 10),
            ], policy: policy)
    }
}
