import Auth
import Billing
import Jobs
import Logging
import Storage

/// All that has to do with plans, quotas and paying, put together.
struct BillingParts {
    let entitlements: Entitlements
    let ledger: QuotaLedger
    let usage: UsageLog
    let records = Billing.Subscriptions()
    /// Nil for a service that takes no money.
    let payments: Payments?

    init(
        _ options: PaymentOptions?, _ database: any Database, plans: PlanBook, queue: JobQueue, outbox: Outbox,
        events: EventPost, letters: AccountLetters?, clock: any WallClock, logger: Logger
    ) {
        entitlements = Entitlements(plans: plans, clock: clock)
        let post = BillingPost(
            users: Users(database, clock: clock), entitlements: entitlements, queue: queue, outbox: outbox,
            events: events, letters: letters, logger: logger)
        ledger = QuotaLedger(clock: clock, notify: post.limitNear)
        usage = UsageLog(clock: clock)
        payments = options.map { Payments($0, database, post, clock: clock) }
    }
}

/// The provider, and how what it tells comes in.
struct Payments: Sendable {
    let provider: any PaymentProvider
    /// The provider, where it is the one for development.
    let development: DevelopmentPayments?
    let intake: WebhookIntake
    let reconcile: SubscriptionReconcile
    let site: String?

    init(_ options: PaymentOptions, _ database: any Database, _ post: BillingPost, clock: any WallClock) {
        switch options.way {
        case .provider(let provider, let secrets):
            (self.provider, development) = (provider, nil)
            intake = WebhookIntake(
                database, provider: provider, signature: StripeSignature(secrets: secrets), clock: clock,
                effect: post.applied)
        case .development:
            let development = DevelopmentPayments(
                database, baseURL: options.site ?? "", clock: clock, effect: post.applied)
            (provider, self.development, intake) = (development, development, development.intake)
        }
        reconcile = SubscriptionReconcile(intake, effect: post.repaired)
        site = options.site
    }
}
