import AudioCore
import Billing
import Jobs
import SampleLibrary
import Storage

/// The job of an upload: analyse it, move it into the library, settle what was held for it.
public struct AnalyzeUpload: JobHandler {
    public static let kind = "analyze-upload"
    /// Points of the outline kept with each sample.
    static let waveformPoints = 800

    struct Payload: Codable {
        let sample: SampleID
        let pendingKey: String
        let filename: String
        let contentType: String
        let size: Int
        let etag: String
        let uploadedAt: Timestamp
        /// Nil where no model is to describe it.
        var vibe: VibeRequest?
        /// Whether a card for an SP-404 is made of the sample. Nil in jobs of earlier versions.
        var exportsCard: Bool?
        /// The money for the model, under a name that each run of the job knows.
        var vibeHold: HoldID { HoldID(renaming: sample) }
    }

    public var kind: String { Self.kind }

    let objects: any ObjectStore
    let queue: JobQueue
    let catalog: SampleCatalog
    let ledger: QuotaLedger
    let usage: UsageLog
    let plans: PlanBook
    let entitlements: Entitlements
    let events: EventPost
    let analyzer: any SampleAnalyzer
    let vibes: VibeAnalyzer
    let work: WorkFolder
    let metrics: MetricRegistry

    /// May run again after a crash: the copy goes to the same key, rows are written only with the job's end, and a model that may
    /// have been asked is not asked again.
    public func run(_ job: Job) async throws -> JobEffect {
        let (payload, owner) = try request(of: job)
        let pending = try ObjectKey(payload.pendingKey)
        let started = ContinuousClock.now
        let analysis = try await analyze(pending, job)
        var features = analysis.features
        features.file = payload.filename
        let seconds = started.duration(to: .now).inSeconds
        await tell(0.7, "storing", job)
        let key = ObjectKey(in: "processed", of: owner, payload.sample)
        _ = try await objects.copy(analysis.object, sha256: analysis.sha256, to: key)
        let sample = Sample(
            id: payload.sample, owner: owner, filename: payload.filename, object: key,
            contentType: payload.contentType, size: payload.size, etag: payload.etag, createdAt: payload.uploadedAt)
        let cost = plans.analysisCost(seconds: seconds)
        if payload.vibe != nil { await tell(0.8, "describing", job) }
        // Last, so that nothing after it can fail and leave it paid for.
        let outcome = try await vibes.describe(
            features, payload.vibe, for: owner, hold: payload.vibeHold, job: job.id.text)
        // What nobody asked for is told anew whenever somebody looks.
        let item = AnalyzedSample(
            sample: sample, features: features, vibe: payload.vibe.map { _ in outcome.analysis })
        return { session in
            try catalog.insert(item, in: session)
            try outcome.charge?.record(in: session)
            try events.tell(.sampleAdded(.init(sample)), to: owner, in: session)
            try usage.record(.analysis, amount: seconds, cost: cost, for: owner, job: job.id.text, in: session)
            try ledger.commit(HoldID(of: job.id), in: session)
            if payload.exportsCard == true {
                try MakeExport.begin(of: sample, on: queue, lane: job.queue, in: session)
            }
            try queue.enqueue(DeleteObject.job(pending), asFollowUp: true, in: session)
            session.afterCommit { [metrics] in metrics.add(to: .samplesAdded) }
        }
    }

    /// What was held is free again. The file of one that may be replayed stays for a while; a copy that was made of it goes with
    /// those that no row knows.
    public func abandoned(_ job: Job, in session: any WriteSession) throws {
        try ledger.release(HoldID(of: job.id), in: session)
        // A job that cannot be read must still be able to end; the upkeep finds its object.
        let payload = try? request(of: job).0
        if let payload { try ledger.release(payload.vibeHold, in: session) }
        if try UploadReplay.isWorthIt(job, queue, in: session) { return }
        guard let payload else { return }
        try queue.enqueue(DeleteObject.job(ObjectKey(payload.pendingKey)), asFollowUp: true, in: session)
    }

    /// - Throws: ``ServiceError`` `.quotaExceeded` where there is no room for it any more.
    public func replayed(_ job: Job, in session: any WriteSession) throws {
        // One that cannot be read fails by itself.
        guard let (payload, owner) = try? request(of: job) else { return }
        try UploadReplay.hold(
            payload.size, for: job, of: owner, ledger, under: try entitlements.find(owner, in: session), in: session)
    }

    private func request(of job: Job) throws -> (Payload, AccountID) {
        guard let owner = job.owner, let payload = try? job.decodePayload(as: Payload.self) else {
            throw JobFailure(.final, "the job cannot be read")
        }
        return (payload, owner)
    }

    /// Tells the owner how far it is; what cannot be told stops no job.
    private func tell(_ fraction: Double, _ note: String, _ job: Job) async {
        try? await queue.report(JobProgress(fraction, note), of: job)
    }

    private struct Analysis: Sendable {
        let features: AudioFeatures
        /// What was analysed, and of its bytes.
        let object: ObjectInfo
        let sha256: String
    }

    private func analyze(_ pending: ObjectKey, _ job: Job) async throws -> Analysis {
        let body: ObjectBody
        do {
            body = try await objects.get(pending)
        } catch .notFound {
            throw JobFailure(.final, "the uploaded file is no longer there: upload it again")
        }
        return try await work.withFile(body.stream) { path, sha256 in
            await tell(0.2, "analysing", job)
            do {
                let features = try await analyzer.analyze(path: path, options: .ofLibrary)
                return Analysis(features: features, object: body.info, sha256: sha256)
            } catch let failure as AnalysisFailure {
                throw failure.ofJob
            }
        }
    }
}

/// Removes an object whose row is gone. Enqueued in the transaction that removes the row, so none is ever left behind.
public struct DeleteObject: JobHandler {
    public static let kind = "delete-object"
    /// Before analyses: it is quick, and gives space back.
    private static let priority = 100

    private struct Payload: Codable {
        let key: String
    }

    public var kind: String { Self.kind }

    let objects: any ObjectStore

    static func job(_ key: ObjectKey) throws -> NewJob {
        try NewJob(kind: kind, payload: Payload(key: key.text), queue: "upkeep", priority: priority)
    }

    public func run(_ job: Job) async throws -> JobEffect {
        let key = try ObjectKey(job.decodePayload(as: Payload.self).key)
        try await objects.delete(key)
        // What was drawn of a sample goes with it.
        guard let prefix = SamplePictures.prefix(ofSampleAt: key) else { return { _ in } }
        var pictures = KeyWalk(objects, prefix: prefix)
        while let picture = try await pictures.next() { try await objects.delete(picture) }
        return { _ in }
    }
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
