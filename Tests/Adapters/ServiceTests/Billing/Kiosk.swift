import Auth
import Billing
import Jobs
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// A studio whose plans are paid for, at a provider that takes no money.
struct Kiosk {
    let studio: Studio
    let payments: DevelopmentPayments
    var subscriptions: WaxwingService.Subscriptions { studio.useCases.subscriptions }
    var caller: Principal { studio.caller }
    var clock: ManualClock { studio.clock }

    init(signIn: SignInOptions = SignInOptions()) async throws {
        studio = try await Studio(
            signIn: signIn, book: try .kiosk(),
            payments: PaymentOptions(.development, site: "https://sounds.example.com"))
        payments = try studio.useCases.billingOperation.development()
        _ = try await studio.useCases.billingOperation.publishPrices()
        try await admit(caller)
    }

    /// Makes the account of a caller, where there is none: of who is not there nothing is kept.
    private func admit(_ caller: Principal) async throws {
        let now = clock.now()
        _ = try await studio.database.write { session in
            try session.execute(
                """
                INSERT INTO users (id, email, created_at) VALUES (\(caller.user), \("\(caller.user)@example.com"), \(now))
                ON CONFLICT DO NOTHING
                """)
        }
    }

    /// Goes to the checkout and through it.
    @discardableResult
    func subscribe(
        to plan: String, _ interval: BillingInterval? = nil, addOns: [String: Int] = [:], paying: Bool = true,
        as caller: Principal? = nil
    ) async throws -> SubscriptionID {
        let checkout = try await checkout(plan, interval, addOns: addOns, as: caller)
        return try await payments.complete(checkout: checkout.id, paying: paying).id
    }

    func checkout(
        _ plan: String, _ interval: BillingInterval? = nil, addOns: [String: Int] = [:], as caller: Principal? = nil
    ) async throws -> Checkout {
        try await admit(caller ?? self.caller)
        return try await subscriptions.subscribe(
            to: PlanWish(plan: plan, interval: interval, addOns: addOns), comingBackTo: nil, orTo: nil, servedAt: nil,
            for: caller ?? self.caller, from: .test)
    }

    @discardableResult
    func swap(
        to plan: String, _ interval: BillingInterval? = nil, addOns: [String: Int] = [:], as caller: Principal? = nil
    ) async throws -> SubscriptionOverview {
        try await subscriptions.change(
            to: PlanWish(plan: plan, interval: interval, addOns: addOns), for: caller ?? self.caller, from: .test)
    }

    @discardableResult
    func cancel(atPeriodEnd: Bool = true, as caller: Principal? = nil) async throws -> SubscriptionOverview {
        try await subscriptions.cancel(atPeriodEnd: atPeriodEnd, for: caller ?? self.caller, from: .test)
    }

    /// What counts now: plan, ground and status.
    func standing(of caller: Principal? = nil) async throws -> Standing {
        let overview = try await subscriptions.overview(of: caller ?? self.caller)
        return Standing(overview.entitlement.planName, overview.entitlement.ground, overview.subscription?.status)
    }

    /// Lets time pass here and at the provider.
    func wait(_ duration: Duration, for subscription: SubscriptionID) async throws {
        clock.advance(by: duration)
        _ = try await payments.advance(subscription, to: clock.now())
    }

    /// Where the job of an upload waits.
    func lane(of upload: AcceptedUpload) async throws -> String? {
        let queue = studio.useCases.uploads.queue
        return try await studio.database.read { try queue.find(upload.job, in: $0)?.queue }
    }
}

struct Standing: Equatable {
    let plan: String
    let ground: Entitlement.Ground
    let status: SubscriptionStatus?

    init(_ plan: String, _ ground: Entitlement.Ground, _ status: SubscriptionStatus?) {
        (self.plan, self.ground, self.status) = (plan, ground, status)
    }
}

extension PlanBook {
    /// Free, with little; pro, on trial first; max, with all; a smaller paid one; and room to add.
    static func kiosk() throws -> PlanBook {
        try PlanBook(
            defaultPlan: "free",
            plans: [
                "free": Plan(
                    uploadBytes: 50_000, uploadsPerMonth: 5, analysesPerMonth: 20, storageBytes: 60_000, lane: "free",
                    etaSeconds: 64_800, title: "Free"),
                "lite": Plan(
                    uploadBytes: 50_000, uploadsPerMonth: 50, analysesPerMonth: 20, storageBytes: 100_000, lane: "pro",
                    etaSeconds: 300, prices: [price("lite-month-1", 499)], title: "Lite"),
                "pro": Plan(
                    uploadBytes: 500_000, uploadsPerMonth: 100, analysesPerMonth: 100, storageBytes: 1_000_000,
                    lane: "pro", etaSeconds: 300,
                    prices: [price("pro-month-1", 999), price("pro-year-1", 9_990, per: .year)], trialDays: 14,
                    title: "Pro"),
                "max": Plan(lane: "pro", etaSeconds: 300, prices: [price("max-month-1", 2_900)], title: "Max"),
            ],
            addOns: [
                "room": AddOn(
                    title: "More room", adds: [.storageBytes: 500_000], prices: [price("room-month-1", 299)],
                    maxQuantity: 2, plans: ["pro"])
            ])
    }

    private static func price(_ name: PriceName, _ cents: Int, per interval: BillingInterval = .month) -> PlanPrice {
        PlanPrice(name, cents, per: interval)
    }
}

extension ProviderReference: ExpressibleByStringLiteral {
    /// For names that are well-formed.
    public init(stringLiteral text: String) {
        guard let reference = ProviderReference(text) else { preconditionFailure("'\(text)' is no reference") }
        self = reference
    }
}

extension Duration {
    static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }
}

/// The field that a refusal of ``ServiceError/invalid(field:_:)`` names.
func invalidField<Value>(_ work: () async throws -> Value) async -> String? {
    do {
        _ = try await work()
        return nil
    } catch ServiceError.invalid(let field, _) {
        return field
    } catch {
        return String(describing: error)
    }
}
