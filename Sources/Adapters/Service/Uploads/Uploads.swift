import AudioCore
import Auth
import Billing
import Jobs
import SampleLibrary
import Storage

/// Takes files in: hold on quota, body into the store, job; each upload all or not at all.
public struct Uploads: Sendable {
    /// How long a body may be silent or slow before its hold runs out; renewed as it comes in.
    static let holdLife = Duration.seconds(15 * 60)
    /// By how much a hold grows when the size was not said beforehand.
    static let growth = 1 << 20
    /// What a form may hold besides its file.
    private static let formSlack = 64 << 10

    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let ledger: QuotaLedger
    let accounts: Accounts
    let analyzer: any SampleAnalyzer
    let quietHours: QuietHours
    let clock: any WallClock

    /// Streams `body` into the store and enqueues its analysis.
    ///
    /// - Parameters:
    ///   - filename: as the client named it; shown, never used as a path.
    ///   - expectedSize: bytes, if the client said so; it is held beforehand and may be wrong.
    /// - Throws: ``ServiceError`` `.tooLarge`, `.quotaExceeded`, `.unsupportedMedia`, or what `body` throws. Then
    ///   nothing is left behind.
    public func receive(
        _ body: ByteStream, named filename: String?, expectedSize: Int?, for caller: Principal
    ) async throws -> AcceptedUpload {
        let account = try caller.may(.upload)
        let plan = try await accounts.plan(of: account).plan
        let limit = plan.uploadBytes ?? .max
        // What follows the file in a form may be in `expectedSize`: a file of just the allowed size must not fail for it.
        if let expectedSize, expectedSize - Self.formSlack > limit { throw ServiceError.tooLarge(limit: limit) }
        let upload = Upload(account: account, plan: plan)
        let expected = min(expectedSize ?? 0, limit)
        try await hold(upload, expected)
        do {
            let meter = HoldMeter(upload, held: expected, uploads: self)
            let audio = try await IncomingAudio(body, for: analyzer, atMost: plan.uploadBytes) {
                try await meter.received($0)
            }
            let attributes = ObjectAttributes(contentType: audio.format.contentType)
            let stored = try await objects.put(audio.stream, at: upload.pendingKey, attributes, if: .always)
            let name = FileName.cleaned(filename, format: audio.format.rawValue)
            return try await settle(upload, stored, name)
        } catch {
            // Also when the client is gone and this task with it: what was begun must be undone.
            if let accepted = try await Task(operation: { try await undo(upload) }).value { return accepted }
            if case ObjectStoreError.bodyFailed(let cause) = error { throw cause }
            throw error
        }
    }

    private func hold(_ upload: Upload, _ bytes: Int) async throws {
        do {
            // Not in the present task either: a hold that is kept must be known, or it would last until it runs out.
            try await Task {
                try await database.write { session in
                    try ledger.reserve(
                        upload.hold, [(.uploads, 1), (.storageBytes, bytes)], for: upload.account, on: upload.plan,
                        expiresIn: Self.holdLife, in: session)
                }
            }.value
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
    }

    /// The true size, the job, and the hold handed to it: one transaction. Not in the present task, which a
    /// disconnecting client cancels: a transaction must not be kept and then reported as cancelled.
    private func settle(_ upload: Upload, _ stored: ObjectInfo, _ filename: String) async throws -> AcceptedUpload {
        try await Task {
            let now = clock.now()
            try await database.write { session in
                try ledger.adjust(upload.hold, .storageBytes, to: stored.size, on: upload.plan, in: session)
                try ledger.handOver(upload.hold, in: session)
                let work = AnalyzeUpload.Payload(
                    sample: upload.sample, pendingKey: upload.pendingKey.text, filename: filename,
                    contentType: stored.attributes.contentType, size: stored.size, etag: stored.etag, uploadedAt: now)
                let plan = upload.plan
                let lane = Lane(
                    plan.lane, delaySeconds: plan.delaySeconds, untilSeconds: plan.delayUntilSeconds,
                    quietHours: quietHours)
                let job = try NewJob(
                    id: upload.id, kind: AnalyzeUpload.kind, payload: work, queue: lane.queue, priority: lane.priority,
                    owner: upload.account, runAt: lane.start(at: now))
                try queue.enqueueOrRefuse(job, in: session)
            }
            return await accepted(upload, at: now)
        }.value
    }

    private func accepted(_ upload: Upload, at time: Timestamp) async -> AcceptedUpload {
        await UploadForecast(database: database, queue: queue)
            .accepted(upload.id, enqueuedAt: time, etaSeconds: upload.plan.etaSeconds)
    }

    /// - Returns: the upload if it was accepted after all: the database may have kept a transaction and then
    ///   failed to say so.
    private func undo(_ upload: Upload) async throws -> AcceptedUpload? {
        let job = try await database.write { session in
            let job = try queue.find(upload.id, in: session)
            if job == nil { try ledger.release(upload.hold, in: session) }
            return job
        }
        if let job { return await accepted(upload, at: job.createdAt) }
        try await objects.delete(upload.pendingKey)
        return nil
    }
}

/// One upload on its way. The job that will analyse it has the same name, so that what is pending can be told from
/// what was abandoned.
struct Upload: Sendable {
    static let pendingPrefix = "uploads-pending/"

    let id = JobID.random()
    var hold: HoldID { HoldID(of: id) }
    let sample = SampleID.random()
    let account: AccountID
    let plan: Plan
    let pendingKey: ObjectKey

    init(account: AccountID, plan: Plan) {
        (self.account, self.plan) = (account, plan)
        pendingKey = ObjectKey(in: "uploads-pending", of: account, id)
    }
}

extension HoldID {
    /// The hold of an upload has the upload's name.
    init(of upload: JobID) {
        self.init(renaming: upload)
    }
}

/// Keeps a hold ahead of the bytes that come in.
private actor HoldMeter {
    private let upload: Upload
    private let uploads: Uploads
    private var held: Int
    private var renewedAt: Timestamp

    init(_ upload: Upload, held: Int, uploads: Uploads) {
        (self.upload, self.held, self.uploads) = (upload, held, uploads)
        renewedAt = uploads.clock.now()
    }

    func received(_ total: Int) async throws {
        let now = uploads.clock.now()
        if total > held {
            let ahead = max(total, min(held + Uploads.growth, upload.plan.uploadBytes ?? .max))
            do {
                try await hold(ahead)
            } catch is QuotaExceeded {
                // Not enough for a whole step; the bytes that are there may still fit.
                do {
                    try await hold(total)
                } catch let excess as QuotaExceeded {
                    throw ServiceError.quotaExceeded(excess)
                }
            }
            renewedAt = now
        } else if now - renewedAt > Uploads.holdLife / 3 {
            try await hold(held)
            renewedAt = now
        }
    }

    private func hold(_ bytes: Int) async throws {
        let (upload, ledger) = (upload, uploads.ledger)
        try await uploads.database.write { session in
            try ledger.adjust(upload.hold, .storageBytes, to: bytes, on: upload.plan, in: session)
            try ledger.renew(upload.hold, for: Uploads.holdLife, in: session)
        }
        held = bytes
    }
}

extension JobQueue {
    /// As ``enqueue(_:asFollowUp:in:)``, in words for whoever asks when the queue takes nothing.
    func enqueueOrRefuse(_ job: NewJob, in session: any WriteSession) throws {
        do {
            try enqueue(job, in: session)
        } catch let error as JobQueueError {
            switch error {
            case .full: throw ServiceError.unavailable("too much is waiting to be done: try again later")
            case .draining: throw ServiceError.unavailable("no new work is taken at the moment: try again later")
            default: throw error
            }
        }
    }
}

extension Lane {
    /// Of a plan, in the quiet hours of the service.
    ///
    /// - Parameter most: nil where the delay is always the same.
    init(_ queue: String, delaySeconds least: Int, untilSeconds most: Int?, quietHours: QuietHours) {
        self.init(queue, delay: .seconds(least) ... .seconds(max(most ?? least, least)), quietHours: quietHours)
    }
}
