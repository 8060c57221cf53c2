import Billing
import Jobs
import Logging
import Storage

/// What has to be done now and then: expired holds, sessions and values, abandoned uploads. Each part has a schedule of its
/// own, and is done by a job.
public struct Upkeep: Sendable {
    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let ledger: QuotaLedger
    let signIn: SignInUpkeep
    /// Nil for a service that takes no money.
    let payments: Payments?
    let rollUp: UsageRollUp
    /// Nil when the store gives no links.
    let uploadSessions: UploadSessions?
    let lifecycle: Lifecycle
    let orphans: OrphanSweep
    let library: Library
    let exports: Exports
    let keyValues: SQLKeyValueStore
    let answers: IdempotencyKeys
    let events: EventLog
    let sync: Sync
    let rooms: Rooms
    let clock: any WallClock
    let logger: Logger
    /// Uploads by link that ended longer ago are forgotten.
    static let memory = Duration.seconds(7 * 86_400)
    /// Jobs that succeeded or were cancelled longer ago are forgotten, and so is upkeep that failed.
    static let jobMemory = Duration.seconds(4 * 86_400)
    /// Dead jobs wait so long for somebody to look at them.
    static let deadJobMemory = Duration.seconds(30 * 86_400)

    func run(_ part: UpkeepPart) async throws {
        switch part {
        case .holds: while try await database.write({ try ledger.releaseExpired(in: $0) }) > 0 {}
        case .sessions: try await signIn.run()
        case .values: try await keyValues.removeExpired()
        case .answers: try await answers.removeExpired()
        case .events: try await forgetEvents()
        case .sync: try await sync.forgetDeleted()
        case .rooms: try await rooms.forgetOld()
        case .uploads: try await endOverdueUploads()
        case .pending: try await removeAbandonedUploads()
        case .objects:
            try await exports.removeOverdue()
            try await removeOutlived()
        case .orphans: try await Occasion.orphans.attend(keyValues, clock) { try await removeOrphans() }
        case .samples: try await library.purgeOverdue(at: clock.now())
        case .index: try await library.indexOlder()
        case .jobs: try await forgetJobs()
        case .usage: _ = try await rollUp.run(on: database)
        case .payments: try await reconcile()
        }
    }

    /// Asks the provider about customers of whom something is in doubt, or nothing was heard for a day.
    private func reconcile() async throws {
        guard let payments else { return }
        let report = try await payments.reconcile.run()
        for repair in report.repairs {
            logger.notice(
                "a subscription was not as the provider has it",
                metadata: [
                    "subscription": "\(repair.after.id)", "was": "\(repair.before?.status.rawValue ?? "unknown")",
                    "is": "\(repair.after.status.rawValue)",
                ])
        }
        if let failure = report.failures.first {
            logger.warning(
                "subscriptions cannot be compared with the provider",
                metadata: ["count": "\(report.failures.count)", "reason": "\(failure.reason)"])
        }
        while try await payments.intake.purge() > 0 {}
        try await Occasion.pictures.attend(keyValues, clock) { try await payments.intake.forgetPictures() }
    }

    private func forgetEvents() async throws {
        let oldest = clock.now() - Events.memory
        try await whileMany { try events.trim(before: oldest, limit: $1, in: $0) }
    }

    private func forgetJobs() async throws {
        let now = clock.now()
        try await whileMany { try queue.prune(endedBefore: now - Self.jobMemory, limit: $1, in: $0) }
        try await whileMany {
            try queue.prune(
                endedBefore: now - Self.jobMemory, dead: true, kind: UpkeepJob.kind, limit: $1, in: $0)
        }
        try await whileMany { try queue.prune(endedBefore: now - Self.deadJobMemory, dead: true, limit: $1, in: $0) }
    }

    /// In transactions that nobody waits long for.
    private func whileMany(
        _ prune: @escaping @Sendable (_ session: any WriteSession, _ limit: Int) throws -> Int
    ) async throws {
        let limit = 1000
        while try await database.write({ try prune($0, limit) }) == limit {}
    }

    /// Objects that no row knows for a day go; rows without their object are told.
    func removeOrphans() async throws {
        let report = try await orphans.run(prefix: UseCases.keptPrefix, removing: .init())
        if !report.removed.isEmpty {
            logger.notice(
                "removed objects that no row knows",
                metadata: ["count": "\(report.removed.count)", "keys": "\(report.removed.prefix(10))"])
        }
        guard !report.withoutObject.isEmpty else { return }
        logger.error(
            "rows lack their objects: restore them from a backup",
            metadata: ["count": "\(report.withoutObject.count)", "keys": "\(report.withoutObject.prefix(10))"])
    }

    private func endOverdueUploads() async throws {
        guard let uploadSessions else { return }
        let sweep = try await uploadSessions.sweep()
        if sweep.failed > 0 {
            logger.warning("uploads that ended cannot be cleared yet", metadata: ["count": "\(sweep.failed)"])
        }
        let oldest = clock.now() - Self.memory
        _ = try await database.write { try uploadSessions.forget(endedBefore: oldest, in: $0) }
    }

    /// A pending object whose job still waits stays, however old it is.
    private func removeOutlived() async throws {
        var sweep: LifecycleSweep
        repeat {
            sweep = try await lifecycle.sweep { object in
                guard object.key.text.hasPrefix(Upload.pendingPrefix), let id = jobID(of: object.key) else {
                    return false
                }
                return try await isNeeded(by: id)
            }
        } while !sweep.isComplete && sweep.failed.isEmpty
        guard !sweep.failed.isEmpty else { return }
        logger.warning("objects cannot be removed", metadata: ["keys": "\(sweep.failed.prefix(10))"])
    }

    /// For the start of a server that is the only one on its data: no upload of an earlier run can still be coming in.
    public func forgetInterruptedUploads() async throws {
        _ = try await database.write { try ledger.releaseUnowned(in: $0) }
        try await removeAbandonedUploads()
    }

    /// A pending object is abandoned when no job knows it and no hold is waiting for its body.
    private func removeAbandonedUploads() async throws {
        var keys = KeyWalk(objects, prefix: Upload.pendingPrefix)
        while let key = try await keys.next() {
            guard let id = jobID(of: key), try await !isNeeded(by: id) else { continue }
            try await objects.delete(key)
            logger.notice("removed an abandoned upload", metadata: ["key": "\(key)"])
        }
    }

    /// Whether the job of a pending object may still read it, or its body may still be coming in.
    private func isNeeded(by id: JobID) async throws -> Bool {
        let oldest = clock.now() - UploadReplay.life
        return try await database.read { session in
            guard let job = try queue.find(id, in: session) else {
                return try ledger.isHeld(HoldID(of: id), in: session)
            }
            guard let end = job.completedAt else { return true }
            return try end > oldest && UploadReplay.isWorthIt(job, queue, in: session)
        }
    }

    private func jobID(of key: ObjectKey) -> JobID? {
        key.text.split(separator: "/").last.flatMap { JobID(String($0)) }
    }
}
