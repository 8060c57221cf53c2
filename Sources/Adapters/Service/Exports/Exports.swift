import AudioCore
import Auth
import Billing
import Jobs
import SampleLibrary
import Storage

/// Cards of samplers, made of an account's samples by a job and kept for a week as ZIP files.
///
/// A card counts against the storage of the plan while it is kept: what it may take at most is held before it is made.
public struct Exports: Sendable {
    /// Samples at once.
    public static let mostSamples = 1_000
    /// Of one card, bytes.
    public static let largest = 2 << 30
    /// Cards of an account that wait or are being made.
    static let mostOpen = 20
    static let life = LifecycleRule.exports.life

    let database: any Database
    let objects: any ObjectStore
    let links: (any PresignedURLIssuer)?
    let queue: JobQueue
    let ledger: QuotaLedger
    let accounts: Accounts
    let egress: Egress
    /// Gives back what a card holds that is not wanted any more.
    let handlers: JobHandlers
    let clock: any WallClock
    let records = ExportRecords()

    /// Asks for the card of a kit, as the kit is now.
    ///
    /// - Parameter ticket: of a request with an idempotency key: where it was received before, this is the same export.
    /// - Throws: ``ServiceError`` `.notFound` for the kit, `.invalid`, `.quotaExceeded`, `.unprocessable` for a kit of which
    ///   nothing could be on the card.
    public func export(
        _ kit: KitID, for target: ExportTarget, of caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> ExportReport {
        let account = try Self.account(of: caller)
        if let id: JobID = try ticket?.receipt() { return try await report(id, of: account) }
        let found = try await database.read { try KitCatalog().find(kit, of: account, in: $0) }
        guard let kit = found?.kit else { throw ServiceError.notFound("kit") }
        return try await begin(ExportOrder(target: target, name: kit.name, kit: kit, samples: []), account, ticket)
    }

    /// Asks for a card with samples, on pads in their order or as files.
    ///
    /// - Parameter name: of the project or folder: 1 to 31 printable ASCII characters.
    /// - Throws: ``ServiceError`` `.notFound` for a sample, `.invalid`, `.quotaExceeded`.
    public func export(
        _ samples: [SampleID], named name: String, for target: ExportTarget, of caller: Principal,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> ExportReport {
        let account = try Self.account(of: caller)
        guard (1...Self.mostSamples).contains(samples.count) else {
            throw ServiceError.invalid(field: "samples", "'samples' are 1 to \(Self.mostSamples)")
        }
        if let problem = Kit(name: name).problems.first {
            throw ServiceError.invalid(field: "name", "'name' \(problem.problem): \(problem.remedy)")
        }
        let pads = (target.device == .sp404sx ? PadAddress.allOnSX : PadAddress.all).count
        guard target.device == .import || samples.count <= pads else {
            throw ServiceError.invalid(
                field: "samples", "\(samples.count) samples, and there are \(pads) pads: export them in parts")
        }
        return try await begin(
            ExportOrder(target: target, name: name, kit: nil, samples: samples), account, ticket, allOf: samples)
    }

    private func begin(
        _ order: ExportOrder, _ account: AccountID, _ ticket: IdempotencyTicket?, allOf samples: [SampleID] = []
    ) async throws -> ExportReport {
        if let id: JobID = try ticket?.receipt() { return try await report(id, of: account) }
        try order.target.check()
        let entitlement = try await accounts.entitlement(of: account)
        // What is gone a moment later is left out when it is made, and told.
        let bytes = try await database.read { session in
            let sounds = try ExportSound.all(order.needed, of: account, in: session)
            guard samples.allSatisfy({ sounds[$0] != nil }) else { throw ServiceError.notFound("sample") }
            return try ExportPlan(checked: order, sounds).bytes
        }
        let (id, now) = (JobID.random(), clock.now())
        do {
            // Not in the present task, which a client that goes away cancels: what is held must be known.
            try await Task {
                try await database.write { session in
                    guard try records.countOpen(of: account, in: session) < Self.mostOpen else {
                        throw ServiceError.conflict(
                            "\(Self.mostOpen) exports are not made yet: wait for one, or delete it")
                    }
                    try ledger.reserve(
                        HoldID(of: id), [(.storageBytes, bytes)], for: account, under: entitlement,
                        expiresIn: nil, in: session)
                    try ledger.handOver(HoldID(of: id), in: session)
                    try enqueue(order, as: id, of: account, lane: entitlement.plan.lane, at: now, in: session)
                    try ticket?.record(id, in: session)
                }
            }.value
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
        return try await report(id, of: account)
    }

    private func enqueue(
        _ order: ExportOrder, as id: JobID, of account: AccountID, lane: String, at now: Timestamp,
        in session: any WriteSession
    ) throws {
        try records.insert(id, order, of: account, at: now, in: session)
        try queue.enqueueOrRefuse(MakeExport.job(id, of: account, lane: lane), in: session)
    }

    public func exports(of caller: Principal, _ page: PageRequest) async throws -> Page<ExportReport> {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            let page = try records.list(of: account, page, in: session)
            return try page.map { ExportReport($0, try queue.find($0.id, in: session)) }
        }
    }

    public func export(_ id: JobID, of caller: Principal) async throws -> ExportReport {
        try await report(id, of: caller.may(.readLibrary))
    }

    private func report(_ id: JobID, of account: AccountID) async throws -> ExportReport {
        try await database.read { session in
            guard let record = try records.find(id, of: account, in: session) else {
                throw ServiceError.notFound("export")
            }
            return ExportReport(record, try queue.find(id, in: session))
        }
    }

    /// The ZIP file, or a part of it; what is sent of it counts as used.
    ///
    /// - Throws: ``ServiceError`` `.notFound`, also for one whose week is over; `.conflict` while it is being made.
    public func download(
        _ id: JobID, of caller: Principal, range: ByteRange?
    ) async throws -> (report: ExportReport, file: Download) {
        let account = try caller.may(.readLibrary)
        let (report, object) = try await file(id, of: account)
        do {
            return (report, Download(try await objects.get(object, range: range), of: account, egress))
        } catch ObjectStoreError.notFound {
            throw ServiceError.notFound("export")
        }
    }

    /// What there is of the ZIP file, without its bytes.
    public func downloadInfo(
        _ id: JobID, of caller: Principal
    ) async throws -> (report: ExportReport, info: ObjectInfo) {
        let (report, object) = try await file(id, of: caller.may(.readLibrary))
        do {
            return (report, try await objects.head(object))
        } catch ObjectStoreError.notFound {
            throw ServiceError.notFound("export")
        }
    }

    /// A link by which anybody may read the ZIP file for an hour, straight from the store.
    public func link(to id: JobID, of caller: Principal) async throws -> PresignedRequest {
        let (report, object) = try await file(id, of: caller.may(.readLibrary))
        guard let links else { throw ServiceError.notFound("link") }
        return try await links.presign(.get(downloadName: report.filename), to: object, expiresIn: .seconds(3600))
    }

    private func file(_ id: JobID, of account: AccountID) async throws -> (ExportReport, ObjectKey) {
        let found = try await database.read { try records.find(id, of: account, in: $0) }
        guard let record = found else { throw ServiceError.notFound("export") }
        guard let file = record.file else {
            throw ServiceError.conflict(
                record.failure.map { "the export failed: \($0)" } ?? "the export is not made yet: wait for its job")
        }
        guard clock.now() < file.expiresAt else { throw ServiceError.notFound("export") }
        return (ExportReport(record, nil), file.object)
    }

    /// Removes an export with its file; one that is being made is stopped.
    public func delete(_ id: JobID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        guard try await database.write({ try remove(id, of: account, in: $0) }) else {
            throw ServiceError.notFound("export")
        }
    }

    /// Removes those whose week is over.
    func removeOverdue() async throws {
        let (batch, now) = (100, clock.now())
        var count = batch
        while count == batch {
            count = try await database.write { session in
                let overdue = try records.overdue(at: now, limit: batch, in: session)
                for record in overdue { _ = try remove(record.id, of: record.owner, in: session) }
                return overdue.count
            }
        }
    }

    /// Removes all that a deleted account has.
    func erase(_ account: AccountID) async throws {
        let batch = 100
        while try await database.write({ session in
            let some = try records.some(of: account, limit: batch, in: session)
            for id in some { _ = try remove(id, of: account, in: session) }
            return some.count == batch
        }) { try Task.checkCancellation() }
    }

    private func remove(_ id: JobID, of account: AccountID, in session: any WriteSession) throws -> Bool {
        guard let record = try records.remove(id, of: account, in: session) else { return false }
        if let file = record.file {
            try ledger.freeDeleted(file.size, of: .storageBytes, for: account, in: session)
            try queue.enqueue(DeleteObject.job(file.object), asFollowUp: true, in: session)
        } else if let job = try queue.find(id, in: session), !job.course.state.isFinal {
            try queue.cancel(id, handlers, in: session)
        }
        return true
    }

    /// What is exported is read, and the card is kept.
    private static func account(of caller: Principal) throws(ServiceError) -> AccountID {
        _ = try caller.may(.readLibrary)
        return try caller.may(.changeLibrary)
    }
}

extension ExportPlan {
    /// - Throws: ``ServiceError`` for an order of which nothing would be on the card, or too much.
    init(checked order: ExportOrder, _ sounds: [SampleID: ExportSound]) throws {
        do {
            try self.init(order, sounds)
        } catch SamplerError.unusableKit(let problems) {
            throw ServiceError.unprocessable(problems.map(\.description).joined(separator: "; "))
        }
        guard !items.isEmpty else {
            throw ServiceError.unprocessable(
                notes.first.map { "nothing would be on the card: \($0)" }
                    ?? "nothing would be on the card: put samples on its pads")
        }
        guard bytes <= Exports.largest else {
            throw ServiceError.unprocessable(
                "the card would have \(bytes >> 20) MiB, at most \(Exports.largest >> 20) are made: export it in parts")
        }
    }
}

extension ExportSound {
    /// Those of an owner's samples that are shown.
    static func all(
        _ ids: [SampleID], of owner: AccountID, in session: any ReadSession
    ) throws -> [SampleID: ExportSound] {
        try SampleCatalog().analyzed(ids, of: owner, in: session).reduce(into: [:]) { sounds, item in
            if item.sample.hiddenAt == nil { sounds[item.sample.id] = ExportSound(item) }
        }
    }
}

/// An export, as its owner sees it.
public struct ExportReport: Equatable, Sendable {
    public let id: JobID
    public let name: String
    public let device: ExportTarget.Device
    public let status: JobStatus
    /// 0…1, and in words.
    public let progress: Double?
    public let progressNote: String?
    public let error: String?
    /// Files of sounds on the card.
    public let written: Int
    /// What stayed off the card or was changed on its way, and what to do about it.
    public let notes: [String]
    /// Bytes.
    public let size: Int?
    public let etag: String?
    public let createdAt: Timestamp
    public let completedAt: Timestamp?
    public let expiresAt: Timestamp?

    init(_ record: ExportRecord, _ job: Job?) {
        (id, name, device) = (record.id, record.name, record.device)
        (error, written, notes) = (record.failure, record.written, record.notes)
        (size, etag, createdAt) = (record.file?.size, record.file?.etag, record.createdAt)
        (completedAt, expiresAt) = (record.file?.madeAt, record.file?.expiresAt)
        let isMade = record.file != nil
        // A job is forgotten before its file is.
        status = isMade ? .completed : job?.course.state.status ?? .failed
        progress = isMade ? 1 : job?.progress?.fraction
        progressNote = isMade ? nil : job?.progress?.note
    }

    /// As it is saved.
    public var filename: String { device.filename(of: name) }
}
