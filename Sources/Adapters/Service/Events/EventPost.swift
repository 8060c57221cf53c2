import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage

/// Tells an account's devices what happened, in the transaction of it.
struct EventPost: Sendable {
    let log: EventLog
    let clock: any WallClock

    func tell(_ event: AccountEvent, to account: AccountID, in session: any WriteSession) throws {
        try log.append(
            event.kind.rawValue, event.payload, to: .user(account), at: clock.now(), in: session)
    }

    /// For the queue.
    @Sendable func jobs(_ news: [JobNews], in session: any WriteSession) throws {
        for one in news { try tell(AccountEvent(one), to: one.owner, in: session) }
    }

    /// For the ledger.
    func quota(_ threshold: QuotaThreshold, in session: any WriteSession) throws {
        let facts = AccountEvent.QuotaFacts(
            unit: threshold.unit, percent: threshold.percent, used: threshold.used, limit: threshold.limit)
        try tell(.quotaReached(facts), to: threshold.account, in: session)
    }

    /// For what the provider tells of a subscription; what looks the same to its owner is not told.
    func subscription(
        from before: Subscription?, to after: Subscription?, of account: AccountID, in session: any WriteSession
    ) throws {
        guard let after, after != before else { return }
        let facts = AccountEvent.SubscriptionFacts(
            status: after.status, cancelsAtPeriodEnd: after.cancelsAtPeriodEnd)
        try tell(.subscriptionChanged(facts), to: account, in: session)
    }
}

extension AccountEvent {
    fileprivate init(_ news: JobNews) {
        guard let progress = news.progress else {
            let payload =
                news.status == .completed && news.kind == AnalyzeUpload.kind
                ? try? JSONDecoder().decode(AnalyzeUpload.Payload.self, from: Data(news.payload)) : nil
            self = .job(
                JobFacts(
                    id: news.id, work: news.kind, status: news.status, attempts: news.attempts,
                    sample: payload?.sample, error: news.error))
            return
        }
        self = .jobProgress(ProgressFacts(id: news.id, progress: progress.fraction, note: progress.note))
    }
}
