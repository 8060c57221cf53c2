import Billing
import Jobs
import Storage

/// When the job of an upload that has died may be tried again, with what was sent.
enum UploadReplay {
    /// How long what was sent is kept for it.
    static let life = Duration.seconds(7 * 86_400)

    /// Whether it died of what an upload cannot bring about: workers that vanished, stores that were away. A file that was
    /// refused, or that makes the analysis crash, counts against no quota when its job is over, and so must go.
    static func isWorthIt(_ job: Job, _ queue: JobQueue, in session: any ReadSession) throws -> Bool {
        guard case .dead = job.course.state, let end = try queue.history(of: job.id, in: session).last else {
            return false
        }
        return ["failed", "lease expired"].contains(end.outcome) && job.course.crashes == 0
    }

    /// Holds again what the upload had held.
    ///
    /// - Throws: ``ServiceError`` `.quotaExceeded` where there is no room for it any more.
    static func hold(
        _ bytes: Int, for job: Job, of owner: AccountID, _ ledger: QuotaLedger, under entitlement: Entitlement,
        in session: any WriteSession
    ) throws {
        do {
            try ledger.reserve(
                HoldID(of: job.id), [(.uploads, 1), (.storageBytes, bytes)], for: owner, under: entitlement,
                expiresIn: nil, in: session)
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
    }
}
