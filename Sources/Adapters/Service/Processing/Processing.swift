import AudioCore
import Auth
import Billing
import SampleLibrary
import Storage

/// Analysis without a library: a file in, its features out, nothing kept.
public struct Processing: Sendable {
    let database: any Database
    let accounts: Accounts
    let ledger: QuotaLedger
    let usage: UsageLog
    let plans: PlanBook
    let analyzer: any SampleAnalyzer
    let vibes: VibeAnalyzer
    /// Nil where no file is fetched.
    let files: (any FileFetcher)?
    let work: WorkFolder

    /// - Parameters:
    ///   - vibe: how it is to be described, asked when the body has been read: nil for by no model.
    ///   - ticket: of a request with an idempotency key: what was found before is not paid for again.
    /// - Throws: ``ServiceError`` `.invalid`, `.tooLarge`, `.quotaExceeded`, `.unsupportedMedia`, `.unprocessable`, or what
    ///   `body` throws.
    public func process(
        _ body: ByteStream, named filename: String?, describedBy vibe: @Sendable () throws -> VibeRequest? = { nil },
        for caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> ProcessedFile {
        let account = try caller.may(.process)
        if let file: ProcessedFile = try ticket?.receipt() {
            try await body.drain()
            return file
        }
        return try await process(account, vibe, ticket) { FetchedFile(name: filename, body: body) }
    }

    /// The same of a file that is fetched.
    ///
    /// - Throws: as the other one; ``ServiceError`` `.forbidden` where no file is fetched, and `.unprocessable` with the same words
    ///   for every address from which none comes.
    public func process(
        fileAt url: String, describedBy vibe: VibeRequest? = nil, for caller: Principal,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> ProcessedFile {
        let account = try caller.may(.process)
        guard let files else {
            throw ServiceError.forbidden(
                "files are not fetched by address here: send the file itself as multipart/form-data, in 'audio'")
        }
        if let file: ProcessedFile = try ticket?.receipt() { return file }
        do {
            return try await process(account, { vibe }, ticket) { try await files.fetch(url) }
        } catch let failure as FetchFailure {
            throw ServiceError.unprocessable(failure.description)
        }
    }

    private func process(
        _ account: AccountID, _ vibe: @Sendable () throws -> VibeRequest?, _ ticket: IdempotencyTicket?,
        _ open: () async throws -> FetchedFile
    ) async throws -> ProcessedFile {
        let entitlement = try await accounts.entitlement(of: account)
        let holds = (analysis: HoldID.random(), vibe: HoldID.random())
        do {
            try await database.write { session in
                try ledger.reserve(
                    holds.analysis, [(.analyses, 1)], for: account, under: entitlement, expiresIn: Uploads.holdLife,
                    in: session)
            }
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
        do {
            let started = ContinuousClock.now
            let incoming = try await open()
            let audio = try await IncomingAudio(incoming.body, for: analyzer, atMost: entitlement.plan.uploadBytes)
            var features = try await work.withFile(audio.stream) { path, _ in try await analyze(path) }
            features.file = FileName.cleaned(incoming.name, format: audio.format.rawValue)
            let request = try vibe()
            try vibes.check(request, under: entitlement)
            let seconds = started.duration(to: .now).inSeconds
            let outcome = try await vibes.describe(features, request, for: account, hold: holds.vibe, job: nil)
            let cost = plans.analysisCost(seconds: seconds)
            let file = ProcessedFile(
                features: features, vibe: outcome.analysis, cost: cost + MicroUSD(outcome.analysis.costMicroUSD),
                seconds: request == nil ? seconds : started.duration(to: .now).inSeconds)
            try await database.write { session in
                try ledger.commit(holds.analysis, in: session)
                try usage.record(.analysis, amount: seconds, cost: cost, for: account, job: nil, in: session)
                try outcome.charge?.record(in: session)
                try ticket?.record(file, in: session)
            }
            return file
        } catch {
            _ = try? await Task {
                try await database.write { session in
                    try ledger.release(holds.analysis, in: session)
                    try ledger.release(holds.vibe, in: session)
                }
            }.value
            throw error
        }
    }

    private func analyze(_ path: String) async throws -> AudioFeatures {
        do {
            return try await analyzer.analyze(path: path, options: AnalysisOptions())
        } catch {
            throw error.ofRequest
        }
    }
}

public struct ProcessedFile: Sendable, Equatable, Codable {
    public let features: AudioFeatures
    /// Nil where an earlier release has found it.
    public let vibe: VibeAnalysis?
    /// Of the analysis, and of the model.
    public let cost: MicroUSD
    /// What receiving, analysing and describing took.
    public let seconds: Double
}

extension ProcessedFile {
    /// What it sounds like.
    public var described: VibeAnalysis { vibe ?? VibeAnalysis(features) }
}
