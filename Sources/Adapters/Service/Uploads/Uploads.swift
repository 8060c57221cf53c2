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
    static let formSlack = 64 << 10

    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let ledger: QuotaLedger
    let accounts: Accounts
    let analyzer: any SampleAnalyzer
    let vibes: VibeAnalyzer
    let quietHours: QuietHours
    let clock: any WallClock
    let metrics: MetricRegistry

    /// Streams `body` into the store and enqueues its analysis.
    ///
    /// - Parameters:
    ///   - filename: as the client named it; shown, never used as a path.
    ///   - expectedSize: bytes, if the client said so; it is held beforehand and may be wrong.
    ///   - exportsCard: whether a card for an SP-404 is made of the sample, as ``Exports`` makes them.
    ///   - vibe: how it is to be described, asked when the body has been read: nil for by no model.
    ///   - ticket: of a request with an idempotency key: where it was received before, this is the same upload.
    /// - Throws: ``ServiceError`` `.tooLarge`, `.quotaExceeded`, `.unsupportedMedia`, or what `body` throws. Then
    ///   nothing is left behind.
    public func receive(
        _ body: ByteStream, named filename: String?, expectedSize: Int?, exportsCard: Bool = false,
        describedBy vibe: @Sendable () throws -> VibeRequest? = { nil }, for caller: Principal,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> AcceptedUpload {
        try await metrics.counting(.uploads, success: "accepted") {
            try await take(body, named: filename, expectedSize, exportsCard, vibe, caller, ticket)
        }
    }

    private func take(
        _ body: ByteStream, named filename: String?, _ expectedSize: Int?, _ exportsCard: Bool,
        _ vibe: @Sendable () throws -> VibeRequest?, _ caller: Principal, _ ticket: IdempotencyTicket?
    ) async throws -> AcceptedUpload {
        let account = try caller.may(.upload)
        if let job: JobID = try ticket?.receipt() { return try await received(job, body, by: account) }
        var upload = Upload(account: account, entitlement: try await accounts.entitlement(of: account))
        upload.exportsCard = exportsCard
        return try await take(body, named: filename, expectedSize, as: upload, vibe, ticket)
    }

    private func take(
        _ body: ByteStream, named filename: String?, _ expectedSize: Int?, as upload: Upload,
        _ vibe: @Sendable () throws -> VibeRequest?, _ ticket: IdempotencyTicket?
    ) async throws -> AcceptedUpload {
        let incoming = IncomingObject(
            key: upload.pendingKey, hold: upload.hold, account: upload.account, entitlement: upload.entitlement,
            limit: upload.plan.uploadBytes ?? .max, isUpload: true, database: database, objects: objects,
            ledger: ledger, clock: clock)
        let enqueuedAt = try await incoming.take(expectedSize: expectedSize) { meter in
            let audio = try await IncomingAudio(body, for: analyzer, atMost: upload.plan.uploadBytes) {
                try await meter.received($0)
            }
            let attributes = ObjectAttributes(contentType: audio.format.contentType)
            let stored = try await objects.put(audio.stream, at: upload.pendingKey, attributes, if: .always)
            let request = try vibe()
            try vibes.check(request, under: upload.entitlement)
            return upload.work(
                stored, named: FileName.cleaned(filename, format: audio.format.rawValue), request, at: clock.now())
        } keep: { work, session in
            try incoming.handOver(work.size, in: session)
            try enqueue(upload, work, in: session)
            try ticket?.record(upload.id, in: session)
            return work.uploadedAt
        } kept: { session in
            try queue.find(upload.id, in: session)?.createdAt
        }
        return await UploadForecast(database: database, queue: queue)
            .accepted(upload.id, enqueuedAt: enqueuedAt, etaSeconds: upload.plan.etaSeconds)
    }

    private func enqueue(_ upload: Upload, _ work: AnalyzeUpload.Payload, in session: any WriteSession) throws {
        let plan = upload.plan
        let lane = Lane(
            plan.lane, delaySeconds: plan.delaySeconds, untilSeconds: plan.delayUntilSeconds, quietHours: quietHours)
        try queue.enqueueOrRefuse(
            NewJob(
                id: upload.id, kind: AnalyzeUpload.kind, payload: work, queue: lane.queue, priority: lane.priority,
                owner: upload.account, runAt: lane.start(at: work.uploadedAt)), in: session)
    }

    /// What an earlier run of the same request has taken in; the body is only looked at.
    private func received(_ id: JobID, _ body: ByteStream, by account: AccountID) async throws -> AcceptedUpload {
        try await body.drain()
        guard let job = try await database.read({ try queue.find(id, in: $0) }) else {
            throw ServiceError.notFound("job")
        }
        let plan = try await accounts.entitlement(of: account).plan
        return await UploadForecast(database: database, queue: queue)
            .accepted(id, enqueuedAt: job.createdAt, etaSeconds: plan.etaSeconds)
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
    let entitlement: Entitlement
    var plan: Plan { entitlement.plan }
    let pendingKey: ObjectKey
    var exportsCard = false

    init(account: AccountID, entitlement: Entitlement) {
        (self.account, self.entitlement) = (account, entitlement)
        pendingKey = ObjectKey(in: "uploads-pending", of: account, id)
    }

    /// What its job is to do.
    func work(
        _ stored: ObjectInfo, named filename: String, _ vibe: VibeRequest?, at time: Timestamp
    ) -> AnalyzeUpload.Payload {
        AnalyzeUpload.Payload(
            sample: sample, pendingKey: pendingKey.text, filename: filename,
            contentType: stored.attributes.contentType, size: stored.size, etag: stored.etag, uploadedAt: time,
            vibe: vibe, exportsCard: exportsCard)
    }
}

extension HoldID {
    /// The hold of an upload has the upload's name.
    init(of upload: JobID) {
        self.init(renaming: upload)
    }
}

extension JobQueue {
    /// As ``enqueue(_:asFollowUp:in:)``, in words for whoever asks when the queue takes nothing.
    @discardableResult
    func enqueueOrRefuse(_ job: NewJob, in session: any WriteSession) throws -> JobID {
        do {
            return try enqueue(job, in: session)
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
