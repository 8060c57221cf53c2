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
    }

    public var kind: String { Self.kind }

    let objects: any ObjectStore
    let queue: JobQueue
    let catalog: SampleCatalog
    let ledger: QuotaLedger
    let usage: UsageLog
    let plans: PlanBook
    let assignments: PlanAssignments
    let analyzer: any SampleAnalyzer
    let work: WorkFolder

    /// May run again after a crash: the copy goes to the same key, and rows are written only with the job's end.
    public func run(_ job: Job) async throws -> JobEffect {
        let (payload, owner) = try request(of: job)
        let pending = try ObjectKey(payload.pendingKey)
        let started = ContinuousClock.now
        let analysis = try await analyze(pending)
        var features = analysis.features
        features.file = payload.filename
        let seconds = started.duration(to: .now).inSeconds
        let key = ObjectKey(in: "processed", of: owner, payload.sample)
        _ = try await objects.copy(analysis.object, sha256: analysis.sha256, to: key)
        let sample = Sample(
            id: payload.sample, owner: owner, filename: payload.filename, object: key,
            contentType: payload.contentType, size: payload.size, etag: payload.etag, createdAt: payload.uploadedAt)
        let cost = plans.analysisCost(seconds: seconds)
        let item = AnalyzedSample(sample: sample, features: features)
        return { session in
            try catalog.insert(item, in: session)
            try usage.record("analysis", amount: seconds, cost: cost, for: owner, job: job.id.text, in: session)
            try ledger.commit(HoldID(of: job.id), in: session)
            try queue.enqueue(DeleteObject.job(pending), asFollowUp: true, in: session)
        }
    }

    /// What was held is free again. The file of one that may be replayed stays for a while; a copy that was made of it goes with
    /// those that no row knows.
    public func abandoned(_ job: Job, in session: any WriteSession) throws {
        try ledger.release(HoldID(of: job.id), in: session)
        if try Self.isWorthReplaying(job, queue, in: session) { return }
        // A job that cannot be read must still be able to end; the upkeep finds its object.
        guard let (payload, _) = try? request(of: job) else { return }
        try queue.enqueue(DeleteObject.job(ObjectKey(payload.pendingKey)), asFollowUp: true, in: session)
    }

    /// - Throws: ``ServiceError`` `.quotaExceeded` where there is no room for it any more.
    public func replayed(_ job: Job, in session: any WriteSession) throws {
        // One that cannot be read fails by itself.
        guard let (payload, owner) = try? request(of: job) else { return }
        let plan = plans.plan(named: try assignments.planName(of: owner, in: session)).plan
        do {
            try ledger.reserve(
                HoldID(of: job.id), [(.uploads, 1), (.storageBytes, payload.size)], for: owner, on: plan,
                expiresIn: nil, in: session)
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
    }

    /// How long the file of a job that may be replayed is kept.
    static let replayLife = Duration.seconds(7 * 86_400)

    /// Whether it died of what an upload cannot bring about: workers that vanished, stores that were away. A file that was
    /// refused, or that makes the analysis crash, counts against no quota when its job is over, and so must go.
    static func isWorthReplaying(_ job: Job, _ queue: JobQueue, in session: any ReadSession) throws -> Bool {
        guard case .dead = job.course.state, let end = try queue.history(of: job.id, in: session).last else {
            return false
        }
        return ["failed", "lease expired"].contains(end.outcome) && job.course.crashes == 0
    }

    private func request(of job: Job) throws -> (Payload, AccountID) {
        guard let owner = job.owner, let payload = try? job.decodePayload(as: Payload.self) else {
            throw JobFailure(.final, "the job cannot be read")
        }
        return (payload, owner)
    }

    private struct Analysis: Sendable {
        let features: AudioFeatures
        /// What was analysed, and of its bytes.
        let object: ObjectInfo
        let sha256: String
    }

    private func analyze(_ pending: ObjectKey) async throws -> Analysis {
        let body: ObjectBody
        do {
            body = try await objects.get(pending)
        } catch .notFound {
            throw JobFailure(.final, "the uploaded file is no longer there: upload it again")
        }
        return try await work.withFile(body.stream) { path, sha256 in
            do {
                let features = try await analyzer.analyze(path: path, waveformPoints: Self.waveformPoints)
                return Analysis(features: features, object: body.info, sha256: sha256)
            } catch AnalysisFailure.rejected(let reason) {
                throw JobFailure(.final, reason)
            } catch AnalysisFailure.crashed(let reason) {
                throw JobFailure(.crash, reason)
            } catch AnalysisFailure.overloaded {
                throw JobFailure(.passing, "too many files are waiting")
            } catch AnalysisFailure.cancelled {
                throw CancellationError()
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
        try await objects.delete(ObjectKey(job.decodePayload(as: Payload.self).key))
        return { _ in }
    }
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
