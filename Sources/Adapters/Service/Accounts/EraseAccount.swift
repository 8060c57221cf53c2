import Billing
import Jobs
import SampleLibrary
import Storage

/// Takes out what a deleted account has left in every module. Its credentials went before, with the account itself.
///
/// What adds up for the operator stays: balances, and what was done at which cost, under the identifier that now names
/// nobody.
struct EraseAccount: JobHandler {
    struct Payload: Codable {
        let account: AccountID
    }

    static let kind = "erase-account"

    /// Uploads that were on their way end within the life of their holds; others are waited for, too.
    static let policy = {
        var policy = RetryPolicy()
        (policy.attempts, policy.firstDelay, policy.longestDelay) = (1_000, .seconds(2), .seconds(600))
        return policy
    }()

    let database: any Database
    let queue: JobQueue
    let handlers: JobHandlers
    let outbox: Outbox
    let library: Library
    let exports: Exports
    let uploads: UploadSessions?
    let assignments: PlanAssignments
    let subscriptions: Billing.Subscriptions
    let usage: UsageLog
    let ledger: QuotaLedger
    let events: EventLog
    let sync: Sync
    let rooms: Rooms

    var kind: String { Self.kind }
    var policy: RetryPolicy? { Self.policy }

    static func job(_ account: AccountID) throws -> NewJob {
        try NewJob(kind: kind, payload: Payload(account: account), queue: UpkeepJob.queue)
    }

    func run(_ job: Job) async throws -> JobEffect {
        guard let account = try? job.decodePayload(as: Payload.self).account else {
            throw JobFailure(.final, "the job cannot be read")
        }
        // Uploads and jobs first: they make samples.
        let uploadsAreOver = try await uploads?.erase(of: account) ?? true
        try await endJobs(of: account)
        try await exports.erase(account)
        while try await library.erase(account) { try Task.checkCancellation() }
        while try await database.write({ try outbox.erase(of: account, in: $0) }) > 0 {}
        let isHeld = try await database.read { try ledger.hasHolds(account, in: $0) }
        guard uploadsAreOver, !isHeld else { throw JobFailure(.passing, "an upload is still on its way") }
        return { session in
            try usage.erasePrompts(of: account, in: session)
            try subscriptions.remove(of: account, in: session)
            try assignments.remove(of: account, in: session)
            try events.erase(.user(account), in: session)
            try sync.records.erase(account, in: session)
            try rooms.erase(account, in: session)
        }
    }

    private func endJobs(of account: AccountID) async throws {
        while true {
            try Task.checkCancellation()
            let step = try await database.write { try queue.erase(of: account, handlers, in: $0) }
            guard step.running == 0 else { throw JobFailure(.passing, "a job is still running") }
            if step.found == 0 { return }
        }
    }
}
