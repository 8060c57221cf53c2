import Auth
import Billing
import Jobs
import Logging
import Storage

/// Tells people what happened to what they pay for and to what they use, in the transaction of it.
struct BillingPost: Sendable {
    let users: Users
    let records = Billing.Subscriptions()
    let entitlements: Entitlements
    let queue: JobQueue
    let outbox: Outbox
    let events: EventPost
    /// Nil for a service that sends no mail.
    let letters: AccountLetters?
    let logger: Logger

    /// For the ledger: once for each limit and window.
    @Sendable func limitNear(_ threshold: QuotaThreshold, in session: any WriteSession) throws {
        let (logger, level) = (logger, threshold.percent >= 100 ? Logger.Level.warning : .notice)
        session.afterCommit {
            logger.log(
                level: level, "an account nears a limit",
                metadata: [
                    "account": "\(threshold.account)", "unit": "\(threshold.unit.rawValue)",
                    "percent": "\(threshold.percent)", "used": "\(threshold.used)", "limit": "\(threshold.limit)",
                ])
        }
        try events.quota(threshold, in: session)
        try send(to: threshold.account, in: session) { try $0.limitNear(threshold, $1) }
    }

    /// For the webhooks: once for each event.
    @Sendable func applied(_ event: AppliedEvent, in session: any WriteSession) throws {
        guard try isThere(event.account, paying: event.after, in: session) else { return }
        if let new = event.after, event.before == nil { try warn(of: new, of: event.account, in: session) }
        try changed(from: event.before, to: event.after, of: event.account, in: session)
    }

    /// Two checkouts that were open at once can both be paid. Which of them was meant the operator has to ask.
    private func warn(
        of new: Subscription, of account: AccountID, in session: any WriteSession
    ) throws {
        guard new.status.givesAccess,
            let other = try records.list(of: account, in: session)
                .first(where: { $0.id != new.id && $0.status.givesAccess })
        else { return }
        let logger = logger
        session.afterCommit {
            logger.error(
                "an account pays for two subscriptions: cancel one of them at the provider, and pay it back",
                metadata: ["account": "\(account)", "new": "\(new.id)", "other": "\(other.id)"])
        }
    }

    /// For what the provider had not told, or not yet.
    @Sendable func repaired(_ repair: SubscriptionRepair, in session: any WriteSession) throws {
        guard let account = repair.after.account,
            try isThere(account, paying: repair.after, in: session)
        else { return }
        try changed(from: repair.before, to: repair.after, of: account, in: session)
    }

    /// The provider goes on telling of accounts that were deleted here, as of the end of what they paid for, or of a checkout
    /// that was open: what is paid for ends, and nothing of it is kept.
    private func isThere(
        _ account: AccountID, paying subscription: Subscription?, in session: any WriteSession
    ) throws -> Bool {
        if try users.find(account, in: session) != nil { return true }
        if let subscription, !subscription.status.isTerminal {
            try queue.enqueue(EndSubscriptions.job([subscription.id]), asFollowUp: true, in: session)
        }
        try records.remove(of: account, in: session)
        return false
    }

    private func changed(
        from before: Subscription?, to after: Subscription?, of account: AccountID, in session: any WriteSession
    ) throws {
        try events.subscription(from: before, to: after, of: account, in: session)
        guard let now = after?.status, now != before?.status else { return }
        switch now {
        case .pastDue:
            let grace = try entitlements.find(account, in: session)
            let until = grace.ground == .grace ? grace.changesAt : nil
            try send(to: account, in: session) { try $0.paymentFailed($1, graceUntil: until) }
        case .canceled, .unpaid:
            try send(to: account, in: session) { try $0.subscriptionEnded($1) }
        case .incomplete, .incompleteExpired, .trialing, .active, .paused: break
        }
    }

    private func send(
        to account: AccountID, in session: any WriteSession,
        _ write: (AccountLetters, EmailAddress) throws -> NewMessage
    ) throws {
        guard let letters, let email = try users.find(account, in: session)?.email, !email.isReserved else { return }
        try outbox.add(write(letters, email), in: session)
    }
}
