import Auth
import Billing
import Foundation
import Storage

/// What somebody who has a subscription does with it.
extension Subscriptions {
    /// Ends the subscription when the period that is paid for ends, or at once.
    public func cancel(
        atPeriodEnd: Bool, for caller: Principal, from source: RequestOrigin, once ticket: IdempotencyTicket? = nil
    ) async throws -> SubscriptionOverview {
        try await change(
            caller, source, ticket, .subscriptionCanceled, ["at_period_end": .flag(atPeriodEnd)]
        ) { provider, subscription, key throws(PaymentError) in
            try await provider.cancel(subscription.id, atPeriodEnd: atPeriodEnd, once: key)
        }
    }

    /// Takes back a cancellation that has not come to pass, or ends a pause.
    public func resume(
        for caller: Principal, from source: RequestOrigin, once ticket: IdempotencyTicket? = nil
    ) async throws -> SubscriptionOverview {
        try await change(caller, source, ticket, .subscriptionResumed) {
            provider, subscription, key throws(PaymentError) in
            try await provider.resume(subscription.id, once: key)
        }
    }

    /// Another plan, or other add-ons: more at once, and its difference is paid at once; less from the next period on, and what
    /// is paid for is had until then. Nothing is ever deleted: what is above a smaller plan's limit does not grow.
    public func change(
        to wish: PlanWish, for caller: Principal, from source: RequestOrigin, once ticket: IdempotencyTicket? = nil
    ) async throws -> SubscriptionOverview {
        _ = try caller.may(.changeBilling)
        let held = try await database.read { try records.current(of: caller.user, in: $0)?.items ?? [] }
        let items = try wish.items(in: plans, holding: held)
        let trialDays = try wish.trialDays(in: plans)
        return try await change(
            caller, source, ticket, .subscriptionChanged, ["plan": .text(wish.plan)]
        ) { provider, subscription, key throws(PaymentError) in
            // The provider gives back what is left of the period, paid for or not: a credit for a bill that is open still.
            guard subscription.status != .pastDue, subscription.status != .unpaid else {
                throw .refused("the last bill is not paid: pay it first, see POST /api/billing/portal")
            }
            // The trial would go on with the new plan, which is not given for nothing.
            guard subscription.status != .trialing || trialDays > 0 else {
                throw .refused("this plan has no trial: cancel the trial at once, and subscribe to it")
            }
            var changed = subscription
            for (number, step) in plans.steps(of: subscription, to: items, at: clock.now()).enumerated() {
                let key = RequestKey(key.text, "\(number)")
                changed = try await provider.change(subscription.id, by: step, once: key)
            }
            return changed
        }
    }

    /// A wish for another plan that keeps the add-ons which the caller has, as far as they go with it.
    public func wish(
        for plan: String, _ interval: BillingInterval?, keepingAddOnsOf caller: Principal
    ) async throws -> PlanWish {
        let held = try await overview(of: caller).subscription?.items ?? []
        return PlanWish(plan: plan, interval: interval, keepingAddOnsOf: held, in: plans)
    }

    /// Asks the provider for something about the caller's subscription, and notes what it says.
    private func change(
        _ caller: Principal, _ source: RequestOrigin, _ ticket: IdempotencyTicket?, _ action: AuditAction,
        _ detail: AuditDetail = [:],
        _ ask: (any PaymentProvider, Subscription, RequestKey) async throws(PaymentError) -> Subscription
    ) async throws -> SubscriptionOverview {
        let account = try caller.may(.changeBilling)
        let payments = try requirePayments()
        let found = try await database.read { try records.current(of: account, in: $0) }
        guard let subscription = found, subscription.status.canBeChanged else {
            throw ServiceError.conflict("you have no subscription: see GET /api/billing/plans, and subscribe to one")
        }
        let key = RequestKey(
            action.rawValue, subscription.id.text, ticket?.name(of: action.rawValue) ?? UUID().uuidString)
        let askedAt = clock.now()
        let changed = try await asked { () throws(PaymentError) in
            try await ask(payments.provider, subscription, key)
        }
        // Not in the present task: what was done there must be known here, also when the client is gone.
        try await Task {
            try await database.write { session in
                try records.note(changed, at: askedAt, from: .asked(askedAt), in: session)
                try audit.append(
                    AuditEvent(action, of: account, by: AuditActor(caller), from: source, detail), in: session)
            }
        }.value
        return try await overview(of: account)
    }
}

extension SubscriptionStatus {
    /// Whether there is something to change, cancel or resume.
    var canBeChanged: Bool {
        switch self {
        case .trialing, .active, .pastDue, .unpaid, .paused: true
        // An unpaid first bill is paid or forgotten; another checkout makes another.
        case .incomplete, .incompleteExpired, .canceled: false
        }
    }
}
