import AudioCore
import Auth
import Billing
import Storage

/// Analysis without a library: a file in, its features out, nothing kept.
public struct Processing: Sendable {
    let database: any Database
    let accounts: Accounts
    let ledger: QuotaLedger
    let usage: UsageLog
    let plans: PlanBook
    let analyzer: any SampleAnalyzer
    let work: WorkFolder

    /// - Throws: ``ServiceError`` `.tooLarge`, `.quotaExceeded`, `.unsupportedMedia`, `.unprocessable`, or what
    ///   `body` throws.
    public func process(
        _ body: ByteStream, named filename: String?, for caller: Principal
    ) async throws -> ProcessedFile {
        let account = try caller.may(.process)
        let plan = try await accounts.plan(of: account).plan
        let hold = HoldID.random()
        do {
            try await database.write { session in
                try ledger.reserve(
                    hold, [(.analyses, 1)], for: account, on: plan, expiresIn: Uploads.holdLife, in: session)
            }
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
        do {
            let started = ContinuousClock.now
            let audio = try await IncomingAudio(body, for: analyzer, atMost: plan.uploadBytes)
            var features = try await work.withFile(audio.stream) { path, _ in try await analyze(path) }
            features.file = FileName.cleaned(filename, format: audio.format.rawValue)
            let seconds = started.duration(to: .now).inSeconds
            let file = ProcessedFile(features: features, cost: plans.analysisCost(seconds: seconds), seconds: seconds)
            try await database.write { session in
                try ledger.commit(hold, in: session)
                try usage.record("analysis", amount: seconds, cost: file.cost, for: account, job: nil, in: session)
            }
            return file
        } catch {
            _ = try? await Task { try await database.write { try ledger.release(hold, in: $0) } }.value
            throw error
        }
    }

    private func analyze(_ path: String) async throws -> AudioFeatures {
        do {
            return try await analyzer.analyze(path: path, waveformPoints: nil)
        } catch AnalysisFailure.rejected(let reason) {
            throw ServiceError.unprocessable(reason)
        } catch AnalysisFailure.crashed(let reason) {
            throw ServiceError.unprocessable("\(reason): export the file again from its source")
        } catch AnalysisFailure.overloaded {
            throw ServiceError.unavailable("too many files are being analysed: try again in a minute")
        } catch AnalysisFailure.cancelled {
            throw CancellationError()
        }
    }
}

public struct ProcessedFile: Sendable, Equatable {
    public let features: AudioFeatures
    public let cost: MicroUSD
    /// What receiving and analysing took.
    public let seconds: Double
}
