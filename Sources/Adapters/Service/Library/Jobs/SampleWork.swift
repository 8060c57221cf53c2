import Auth
import Billing
import Jobs
import SampleLibrary
import Storage

/// What is done with samples of the library by jobs: another analysis, a copy at another level.
public struct SampleWork: Sendable {
    let database: any Database
    let queue: JobQueue
    let ledger: QuotaLedger
    let accounts: Accounts
    let library: Library
    let quietHours: QuietHours
    let clock: any WallClock

    /// Analyses a sample once more, as the service does it now. Corrections, tags and name stay.
    ///
    /// It counts as an analysis. While one is under way, this is that one.
    ///
    /// - Parameter ticket: of a request with an idempotency key: where it was begun before, this is the same job.
    /// - Throws: ``ServiceError`` `.notFound`, `.quotaExceeded`, `.unavailable`.
    public func analyze(
        _ id: SampleID, of caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> AcceptedUpload {
        _ = try caller.may(.process)
        let account = try caller.may(.changeLibrary)
        return try await begin(
            AnalyzeSample.kind, AnalyzeSample.Payload(sample: id), on: id, unique: .whileOpen(id.text), for: account,
            once: ticket)
    }

    /// Makes a copy of a sample at a loudness or peak, to be fetched within a week. It counts as an analysis.
    ///
    /// - Throws: ``ServiceError`` `.notFound`, `.quotaExceeded`, `.unavailable`.
    public func level(
        _ id: SampleID, _ leveling: Leveling, of caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> AcceptedUpload {
        _ = try caller.may(.process)
        let account = try caller.may(.readLibrary)
        return try await begin(
            LevelSample.kind, LevelSample.Payload(sample: id, leveling: leveling), on: id, unique: nil, for: account,
            once: ticket)
    }

    /// The job and its hold, in one transaction.
    private func begin(
        _ kind: String, _ payload: some Encodable & Sendable, on id: SampleID, unique: JobUniqueness?,
        for account: AccountID, once ticket: IdempotencyTicket?
    ) async throws -> AcceptedUpload {
        let entitlement = try await accounts.entitlement(of: account)
        let (plan, now) = (entitlement.plan, clock.now())
        if let known: JobID = try ticket?.receipt() {
            return await forecast(known, at: now, plan)
        }
        let lane = Lane(
            plan.lane, delaySeconds: plan.delaySeconds, untilSeconds: plan.delayUntilSeconds, quietHours: quietHours)
        let job = try NewJob(
            kind: kind, payload: payload, queue: lane.queue, priority: lane.priority, owner: account,
            runAt: lane.start(at: now), unique: unique)
        do {
            // Not in the present task: a transaction must not be kept and then reported as cancelled.
            let begun = try await Task {
                try await database.write { session in
                    guard let sample = try library.catalog.sample(id, of: account, in: session),
                        sample.hiddenAt == nil
                    else { throw ServiceError.notFound("sample") }
                    let begun = try queue.enqueueOrRefuse(job, in: session)
                    if begun == job.id {
                        try ledger.reserve(
                            HoldID(of: begun), [(.analyses, 1)], for: account, under: entitlement, expiresIn: nil,
                            in: session)
                    }
                    try ticket?.record(begun, in: session)
                    return begun
                }
            }.value
            return await forecast(begun, at: now, plan)
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
    }

    private func forecast(_ id: JobID, at time: Timestamp, _ plan: Plan) async -> AcceptedUpload {
        await UploadForecast(database: database, queue: queue)
            .accepted(id, enqueuedAt: time, etaSeconds: plan.etaSeconds)
    }
}
