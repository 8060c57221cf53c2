import AudioCore
import Billing
import Jobs
import SampleLibrary
import Storage

/// What the jobs on samples share: the sample's file, an analysis that is held while they wait and paid when they end.
struct SampleJob: Sendable {
    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let catalog: SampleCatalog
    let ledger: QuotaLedger
    let usage: UsageLog
    let plans: PlanBook
    let entitlements: Entitlements
    let events: EventPost
    let analyzer: any SampleAnalyzer
    let work: WorkFolder
    let clock: any WallClock

    /// The sample of a job, in a file that exists as long as `body` runs.
    ///
    /// - Throws: ``JobFailure`` for a sample that is gone meanwhile.
    func withFile<Value: Sendable>(
        of id: SampleID, _ job: Job, _ body: (_ sample: Sample, _ path: String) async throws -> Value
    ) async throws -> Value {
        guard let owner = job.owner else { throw Self.unreadable }
        let found = try await database.read { try catalog.sample(id, of: owner, in: $0) }
        guard let sample = found else { throw JobFailure(.final, "the sample was removed") }
        await report(0.1, "reading", job)
        let stored: ObjectBody
        do {
            stored = try await objects.get(sample.object)
        } catch .notFound {
            throw JobFailure(.final, "the file of the sample is gone")
        }
        return try await work.withFile(stored.stream) { path, _ in try await body(sample, path) }
    }

    static let unreadable = JobFailure(.final, "the job cannot be read")

    /// Tells the owner how far it is; what cannot be told stops no job.
    func report(_ fraction: Double, _ note: String, _ job: Job) async {
        try? await queue.report(JobProgress(fraction, note), of: job)
    }

    /// The analysis that was held is used.
    func pay(seconds: Double, _ job: Job, in session: any WriteSession) throws {
        guard let owner = job.owner else { return }
        try usage.record(
            .analysis, amount: seconds, cost: plans.analysisCost(seconds: seconds), for: owner, job: job.id.text,
            in: session)
        try ledger.commit(HoldID(of: job.id), in: session)
    }

    func release(_ job: Job, in session: any WriteSession) throws {
        try ledger.release(HoldID(of: job.id), in: session)
    }

    /// - Throws: ``ServiceError`` `.quotaExceeded` where there is no room for it any more.
    func hold(_ job: Job, in session: any WriteSession) throws {
        guard let owner = job.owner else { return }
        do {
            try ledger.reserve(
                HoldID(of: job.id), [(.analyses, 1)], for: owner, under: try entitlements.find(owner, in: session),
                expiresIn: nil, in: session)
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
    }
}

/// Analyses a sample of the library once more.
struct AnalyzeSample: OwnersJob {
    static let kind = "analyze-sample"

    struct Payload: Codable {
        let sample: SampleID
    }

    var kind: String { Self.kind }

    let parts: SampleJob

    func run(_ job: Job) async throws -> JobEffect {
        guard let payload: Payload = try? job.decodePayload(), let owner = job.owner else {
            throw SampleJob.unreadable
        }
        let started = ContinuousClock.now
        let found = try await parts.withFile(of: payload.sample, job) { sample, path in
            await parts.report(0.3, "analysing", job)
            do {
                var features = try await parts.analyzer.analyze(path: path, options: .ofLibrary)
                features.file = sample.filename
                return features
            } catch let failure as AnalysisFailure {
                throw failure.ofJob
            }
        }
        let seconds = started.duration(to: .now).inSeconds
        return { session in
            // One that was removed meanwhile has been analysed all the same.
            if try parts.catalog.setFeatures(found, of: payload.sample, owner: owner, in: session) {
                if let sample = try parts.catalog.sample(payload.sample, of: owner, in: session) {
                    try parts.events.tell(.sampleChanged(.init(sample)), to: owner, in: session)
                }
                try parts.queue.setResult(JobOutput(sample: payload.sample), of: job, in: session)
            }
            try parts.pay(seconds: seconds, job, in: session)
        }
    }

    func abandoned(_ job: Job, in session: any WriteSession) throws { try parts.release(job, in: session) }

    func replayed(_ job: Job, in session: any WriteSession) throws { try parts.hold(job, in: session) }
}

/// Makes a copy of a sample at another level, to be fetched within a week.
struct LevelSample: OwnersJob {
    static let kind = "normalize-sample"

    struct Payload: Codable {
        let sample: SampleID
        let leveling: Leveling
    }

    var kind: String { Self.kind }

    let parts: SampleJob

    /// May run again after a crash: the file goes to the same key.
    func run(_ job: Job) async throws -> JobEffect {
        guard let payload: Payload = try? job.decodePayload(), let owner = job.owner else {
            throw SampleJob.unreadable
        }
        let started = ContinuousClock.now
        let output = try await parts.withFile(of: payload.sample, job) { sample, path in
            await parts.report(0.3, "measuring and writing", job)
            return try await parts.work.withFolder { folder in
                let written = "\(folder)/leveled"
                let level = try await level(payload.leveling, path, to: written)
                await parts.report(0.9, "storing", job)
                let name = "\(FileName.stem(of: sample.filename))-normalized.\(level.format.rawValue)"
                let info = try await parts.objects.put(
                    ByteStream.file(at: written), at: ExportedFile.key(name, of: owner, job.id),
                    ObjectAttributes(contentType: level.format.contentType), if: .always)
                let file = ExportedFile(info, name: name, at: parts.clock.now())
                return JobOutput(sample: sample.id, file: file, level: level)
            }
        }
        let seconds = started.duration(to: .now).inSeconds
        return { session in
            try parts.queue.setResult(output, of: job, in: session)
            try parts.pay(seconds: seconds, job, in: session)
        }
    }

    private func level(_ leveling: Leveling, _ path: String, to output: String) async throws -> LeveledSound {
        do {
            return try await parts.analyzer.level(leveling, path: path, to: output)
        } catch {
            throw error.ofJob
        }
    }

    func abandoned(_ job: Job, in session: any WriteSession) throws { try parts.release(job, in: session) }

    func replayed(_ job: Job, in session: any WriteSession) throws { try parts.hold(job, in: session) }
}
