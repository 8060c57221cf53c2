import AudioCore
import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage

/// The job of an export: converts its samples one after the other, and puts the card into the store as a ZIP file.
///
/// Memory is bounded whatever the card: sounds, the card and the archive are files and streams.
struct MakeExport: OwnersJob {
    private struct Payload: Codable {
        let account: AccountID
    }

    static let kind = "make-export"

    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let ledger: QuotaLedger
    let entitlements: Entitlements
    /// Nil where nothing here makes cards.
    let converter: (any CardConverter)?
    let work: WorkFolder
    let clock: any WallClock
    let records = ExportRecords()

    var kind: String { Self.kind }

    static func job(_ id: JobID, of account: AccountID, lane: String) throws -> NewJob {
        try NewJob(id: id, kind: kind, payload: Payload(account: account), queue: lane, owner: account)
    }

    /// Asks for the import folder of one sample, in the transaction in which it comes into the library. The export has the
    /// sample's identifier; whether there is room for it shows when it is made.
    static func begin(
        of sample: Sample, on queue: JobQueue, lane: String, in session: any WriteSession
    ) throws {
        let (id, target) = (JobID(renaming: sample.id), ExportTarget(.import, lengthens: true))
        let order = ExportOrder(target: target, name: "SP-404", kit: nil, samples: [sample.id])
        try ExportRecords().insert(id, order, of: sample.owner, at: sample.createdAt, in: session)
        try queue.enqueue(job(id, of: sample.owner, lane: lane), asFollowUp: true, in: session)
    }

    static func key(_ id: JobID, of account: AccountID) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey("\(ExportedFile.folder)/\(account)/\(id)/card.zip")
    }

    func run(_ job: Job) async throws -> JobEffect {
        guard let owner = job.owner else { throw JobFailure(.final, "the job cannot be read") }
        guard let converter else { throw JobFailure(.final, "no cards are made here: tell the operator") }
        let (order, sounds) = try await order(of: job, owner)
        let plan = try plan(order, sounds)
        try await holdIfNeeded(job, owner, plan)
        let (id, now) = (job.id, clock.now())
        let (info, written, notes) = try await work.withFolder { folder in
            let card = try await make(plan, order, with: converter, in: folder, job)
            try await tell(job, 0.95, "packing")
            let archive = try await blocking { try Self.archive(folder + "/card", as: plan.folder, at: now) }
            let info = try await objects.put(
                archive.stream, at: Self.key(id, of: owner), ObjectAttributes(contentType: "application/zip"),
                if: .always)
            return (info, card.made.count, plan.notes + card.problems)
        }
        let end = clock.now()
        let file = ExportRecord.File(
            object: info.key, size: info.size, etag: info.etag, madeAt: end, expiresAt: end + Exports.life)
        let made = ExportedFile(info, name: order.target.device.filename(of: order.name), at: file.madeAt)
        return { session in
            let hold = HoldID(of: id)
            guard try records.finish(id, file, written: written, notes: notes, in: session) else {
                // Deleted meanwhile.
                try ledger.release(hold, in: session)
                try queue.enqueue(DeleteObject.job(file.object), asFollowUp: true, in: session)
                return
            }
            try ledger.adjust(
                hold, .storageBytes, to: info.size, under: try entitlements.find(owner, in: session), in: session)
            try ledger.commit(hold, in: session)
            try queue.setResult(JobOutput(file: made), of: job, in: session)
        }
    }

    func abandoned(_ job: Job, in session: any WriteSession) throws {
        try ledger.release(HoldID(of: job.id), in: session)
        let reason = job.course.state.status == .cancelled ? "it was cancelled" : job.error ?? "it could not be made"
        try records.fail(job.id, reason, in: session)
        if let owner = job.owner {
            try queue.enqueue(DeleteObject.job(Self.key(job.id, of: owner)), asFollowUp: true, in: session)
        }
    }

    /// Room is looked for when it runs.
    func replayed(_ job: Job, in session: any WriteSession) throws {
        guard try records.reopen(job.id, in: session) else { throw ServiceError.notFound("export") }
    }

    private func order(
        of job: Job, _ owner: AccountID
    ) async throws -> (ExportOrder, [SampleID: ExportSound]) {
        try await database.read { session in
            guard let order = try records.order(job.id, in: session) else {
                throw JobFailure(.final, "the export was deleted")
            }
            return (order, try ExportSound.all(order.needed, of: owner, in: session))
        }
    }

    private func plan(_ order: ExportOrder, _ sounds: [SampleID: ExportSound]) throws -> ExportPlan {
        do {
            return try ExportPlan(checked: order, sounds)
        } catch let error as ServiceError {
            throw JobFailure(.final, error.description)
        }
    }

    /// What was asked for by an upload, and what runs once more after it failed, holds nothing yet.
    private func holdIfNeeded(_ job: Job, _ owner: AccountID, _ plan: ExportPlan) async throws {
        let hold = HoldID(of: job.id)
        do {
            try await database.write { session in
                guard try !ledger.isHeld(hold, in: session) else { return }
                try ledger.reserve(
                    hold, [(.storageBytes, plan.bytes)], for: owner,
                    under: try entitlements.find(owner, in: session), expiresIn: nil, in: session)
                try ledger.handOver(hold, in: session)
            }
        } catch let excess as QuotaExceeded {
            throw JobFailure(.final, excess.description)
        }
    }

    private struct Card: Sendable {
        var made: [Int: CardSample] = [:]
        var problems: [String] = []
    }

    private func make(
        _ plan: ExportPlan, _ order: ExportOrder, with converter: any CardConverter, in folder: String, _ job: Job
    ) async throws -> Card {
        let root = folder + "/card"
        try await blocking {
            for parent in Set(plan.items.map { ($0.target as NSString).deletingLastPathComponent } + [""]) {
                try FileManager.default.createDirectory(
                    atPath: "\(root)/\(parent)", withIntermediateDirectories: true)
            }
        }
        var (card, told) = (Card(), ContinuousClock.now - .seconds(60))
        for (place, item) in plan.items.enumerated() {
            try Task.checkCancellation()
            // A job that tells of every sound would write more rows than sounds.
            if ContinuousClock.now - told >= .milliseconds(500) {
                told = .now
                let fraction = Double(place) / Double(plan.items.count) * 0.95
                try await tell(job, fraction, "converting \(place + 1) of \(plan.items.count)")
            }
            do {
                card.made[place] = try await convert(item, order.target, with: converter, to: "\(root)/\(item.target)")
            } catch AnalysisFailure.rejected(let reason), AnalysisFailure.crashed(let reason) {
                card.problems.append("\(item.pad.map { "\($0): " } ?? "")'\(item.sample.filename)': \(reason)")
            }
        }
        guard !card.made.isEmpty else {
            throw JobFailure(.final, "no sound could be converted: \(card.problems.first ?? "there is none")")
        }
        let made = card.made
        try await blocking { try plan.complete(made, in: root) }
        return card
    }

    private func convert(
        _ item: ExportPlan.Item, _ target: ExportTarget, with converter: any CardConverter, to path: String
    ) async throws -> CardSample {
        let body: ObjectBody
        do {
            body = try await objects.get(item.sample.object)
        } catch .notFound {
            throw AnalysisFailure.rejected("its bytes are gone: upload it again")
        }
        return try await work.withFile(body.stream) { source, _ in
            do {
                return try await converter.convert(
                    CardConversion(item.kind, source: source, target: path, lengthens: target.lengthens))
            } catch AnalysisFailure.overloaded {
                throw JobFailure(.passing, "too many files are waiting")
            } catch AnalysisFailure.cancelled {
                throw CancellationError()
            }
        }
    }

    private func tell(_ job: Job, _ fraction: Double, _ note: String) async throws {
        try await queue.report(JobProgress(fraction, note), of: job)
    }

    /// Every file and folder below `root`, in the order of their names.
    private static func archive(_ root: String, as folder: String, at now: Timestamp) throws -> ZIPArchive {
        let files = FileManager.default
        let found = try files.subpathsOfDirectory(atPath: root).sorted().map { name in
            var isFolder: ObjCBool = false
            let path = "\(root)/\(name)"
            _ = files.fileExists(atPath: path, isDirectory: &isFolder)
            return (name: "\(folder)/\(name)\(isFolder.boolValue ? "/" : "")", path: isFolder.boolValue ? nil : path)
        }
        return try ZIPArchive(found, modified: now)
    }
}
