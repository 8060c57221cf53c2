import Billing
import Storage
import WaxwingService

// What clients see of plans and payments, as in Views.swift.

struct CheckoutView: Described {
    /// The provider's page on which it is paid.
    let url: String
    let expiresAt: Timestamp

    init(_ checkout: Checkout) {
        (url, expiresAt) = (checkout.url, checkout.expiresAt)
    }

    private init(example: Void) {
        (url, expiresAt) = ("https://checkout.example.com/c/pay/cs_…", .laterExample)
    }

    static let example = CheckoutView(example: ())
}

struct PortalView: Described {
    /// The provider's page for cards and bills.
    let url: String

    static let example = PortalView(url: "https://billing.example.com/p/session/…")
}

struct SubscriptionView: Described {
    let plan: String
    let planVersion: Int
    /// Why it is this plan: `assigned`, `subscription`, `trial` or `grace`.
    let ground: Entitlement.Ground
    /// Nil for one who never subscribed.
    @ExplicitNull var status: SubscriptionStatus?
    @ExplicitNull var currentPeriodStart: Timestamp?
    @ExplicitNull var currentPeriodEnd: Timestamp?
    @ExplicitNull var trialEndsAt: Timestamp?
    let cancelAtPeriodEnd: Bool
    @ExplicitNull var endedAt: Timestamp?
    /// When what is allowed changes by itself.
    @ExplicitNull var changesAt: Timestamp?
    let items: [Subscription.Item]
    /// Nil for all there are.
    @ExplicitNull var features: [String]?
    /// By unit: how much is used and held, and what is allowed now.
    let quota: [String: QuotaView]

    init(_ overview: SubscriptionOverview) {
        let (entitlement, subscription) = (overview.entitlement, overview.subscription)
        (plan, planVersion, ground) = (entitlement.planName, entitlement.planVersion, entitlement.ground)
        (status, trialEndsAt, endedAt) = (subscription?.status, subscription?.trialEndsAt, subscription?.endedAt)
        (currentPeriodStart, currentPeriodEnd) = (subscription?.period?.start, subscription?.period?.end)
        (cancelAtPeriodEnd, changesAt) = (subscription?.cancelsAtPeriodEnd ?? false, entitlement.changesAt)
        (items, features) = (
            subscription?.items ?? [], entitlement.plan.features.map { $0.map(\.name).sorted() }
        )
        quota = .init(overview.balances, entitlement)
    }

    private init(example: Void) {
        (plan, planVersion, ground, status) = ("pro", 1, .subscription, .active)
        (currentPeriodStart, currentPeriodEnd, trialEndsAt) = (.example, .laterExample, nil)
        (cancelAtPeriodEnd, endedAt, changesAt) = (false, nil, nil)
        items = PriceName("pro-month").map { [Subscription.Item(price: $0)] } ?? []
        (features, quota) = (["stems"], ["uploads": .example])
    }

    static let example = SubscriptionView(example: ())
}

extension [String: QuotaView] {
    /// By the names of the units.
    init(_ balances: [QuotaBalance], _ entitlement: Entitlement) {
        self.init(balances.map { ($0.unit.rawValue, QuotaView($0, limit: $0.unit.limit(in: entitlement))) }) {
            first, _ in
            first
        }
    }
}

struct InvoiceView: Described {
    let id: String
    @ExplicitNull var number: String?
    let status: Invoice.Status
    let currency: String
    /// The smallest unit of the currency: cents.
    let total: Int
    let paid: Int
    let refunded: Int
    @ExplicitNull var periodStart: Timestamp?
    @ExplicitNull var periodEnd: Timestamp?
    let createdAt: Timestamp
    @ExplicitNull var url: String?

    init(_ invoice: Invoice) {
        (id, number, status, currency) = (invoice.id.text, invoice.number, invoice.status, invoice.currency)
        (total, paid, refunded) = (invoice.total, invoice.paid, invoice.refunded)
        (periodStart, periodEnd) = (invoice.period?.start, invoice.period?.end)
        (createdAt, url) = (invoice.createdAt, invoice.url)
    }

    private init(example: Void) {
        (id, number, status, currency) = ("in_1", "A-0001", .paid, "usd")
        (total, paid, refunded) = (999, 999, 0)
        (periodStart, periodEnd, createdAt) = (.example, .laterExample, .example)
        url = "https://invoice.example.com/i/…"
    }

    static let example = InvoiceView(example: ())
}

struct UsageView: Described {
    let plan: String
    /// By unit: how much is used and held, and what is allowed now.
    let quota: [String: QuotaView]
    /// What was done, by day and in all, with its cost.
    let usage: UsageReport

    init(_ overview: UsageOverview) {
        plan = overview.entitlement.planName
        quota = .init(overview.balances, overview.entitlement)
        usage = overview.report
    }

    private init(example: Void) {
        (plan, quota, usage) = ("pro", ["uploads": .example], .example)
    }

    static let example = UsageView(example: ())
}
