import Auth
import Billing
import Foundation
import Jobs
import Logging
import Storage

/// Paying for plans. The provider keeps cards and sends bills; what it tells, by webhook or when asked, is what counts here.
public struct Subscriptions: Sendable {
    let database: any Database
    let plans: PlanBook
    let entitlements: Entitlements
    let records: Billing.Subscriptions
    let ledger: QuotaLedger
    let users: Users
    let audit: AuditLog
    /// Nil for a service that takes no money.
    let payments: Payments?
    let clock: any WallClock
    let logger: Logger

    /// Whether anything can be paid here.
    public var takesPayments: Bool { payments != nil }

    /// The provider, where it is the one for development: its pages are the service's own.
    public var development: DevelopmentPayments? { payments?.development }

    /// What can be had.
    public var offers: [PlanOffer] { PlanOffer.all(of: plans) }

    public func overview(of caller: Principal) async throws -> SubscriptionOverview {
        try await overview(of: caller.may(.readAccount))
    }

    /// A page of the provider on which the caller pays for a plan.
    ///
    /// - Parameters:
    ///   - path: of the page to come back to after paying; `instead`: after not paying.
    ///   - origin: how the client reached this service.
    /// - Throws: ``ServiceError`` `.conflict` for one who has a subscription: it is changed, not made twice.
    public func subscribe(
        to wish: PlanWish, comingBackTo path: String?, orTo instead: String?, servedAt origin: String?,
        for caller: Principal, from source: RequestOrigin, once ticket: IdempotencyTicket? = nil
    ) async throws -> Checkout {
        let account = try caller.may(.changeBilling)
        let payments = try requirePayments()
        let items = try wish.items(in: plans)
        let back = try ReturnAddress(site: payments.site, servedAt: origin)
        let (subscription, hadOne) = try await database.read { session in
            (try records.current(of: account, in: session), try !records.list(of: account, in: session).isEmpty)
        }
        if let subscription, subscription.status.canBeChanged {
            throw ServiceError.conflict("you have a subscription: change it by POST /api/billing/swap")
        }
        let customer = try await customer(of: account, payments)
        // Somebody may have paid a moment ago, and the event be on its way: nobody pays twice.
        let there = try await asked { () throws(PaymentError) in
            try await payments.provider.subscriptions(of: customer)
        }
        guard !there.contains(where: \.status.canBeChanged) else {
            throw ServiceError.conflict("you have a subscription: it is here in a moment, see GET /api/subscription")
        }
        let checkout = NewCheckout(
            account: account, customer: customer, items: items,
            // A trial is for who never had the plan.
            trialDays: hadOne || !there.isEmpty ? 0 : try wish.trialDays(in: plans),
            successURL: back.url(path, standard: "/billing?paid=true"),
            cancelURL: back.url(instead, standard: "/billing"))
        let key = RequestKey("checkout", account.text, ticket?.name(of: "checkout") ?? UUID().uuidString)
        let started = try await asked { () throws(PaymentError) in
            try await payments.provider.startCheckout(checkout, once: key)
        }
        try await note(.checkoutStarted, of: caller, from: source, ["plan": .text(wish.plan)])
        // The pages of the provider for development are ours.
        guard started.url.hasPrefix("/") else { return started }
        return Checkout(id: started.id, url: back.site + started.url, expiresAt: started.expiresAt)
    }

    /// A page of the provider on which the caller looks after cards and bills.
    public func openPortal(
        for caller: Principal, returningTo path: String?, servedAt origin: String?
    ) async throws -> String {
        let account = try caller.may(.changeBilling)
        let payments = try requirePayments()
        let back = try ReturnAddress(site: payments.site, servedAt: origin).url(path, standard: "/billing")
        guard let customer = try await database.read({ try records.customers.customer(of: account, in: $0) }) else {
            throw ServiceError.conflict("there is nothing to look after yet: subscribe first")
        }
        return try await asked { () throws(PaymentError) in
            try await payments.provider.openPortal(for: customer, returningTo: back)
        }
    }

    /// The newest first.
    public func invoices(of caller: Principal, _ page: PageRequest) async throws -> Page<Invoice> {
        let account = try caller.may(.readAccount)
        return try await database.read { try Invoices().list(of: account, page, in: $0) }
    }

    func overview(of account: AccountID) async throws -> SubscriptionOverview {
        try await database.read { session in
            let entitlement = try entitlements.find(account, in: session)
            return SubscriptionOverview(
                entitlement: entitlement, subscription: try records.current(of: account, in: session),
                balances: try ledger.balances(of: account, under: entitlement, in: session))
        }
    }

    private func note(
        _ action: AuditAction, of caller: Principal, from source: RequestOrigin, _ detail: AuditDetail
    ) async throws {
        try await database.write { session in
            try audit.append(
                AuditEvent(action, of: caller.user, by: AuditActor(caller), from: source, detail), in: session)
        }
    }
}

/// What an account has, and why.
public struct SubscriptionOverview: Sendable {
    public let entitlement: Entitlement
    /// The one that counts; also one that ended, where there is no other.
    public let subscription: Subscription?
    public let balances: [QuotaBalance]
}
