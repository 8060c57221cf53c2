import Auth
import Billing
import Jobs
import Logging
import ServiceLifecycle
import Storage

/// What has to be done now and then: expired holds, sessions and values, abandoned uploads.
public struct Upkeep: Service {
    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let ledger: QuotaLedger
    let sessions: Sessions
    /// Nil when the store gives no links.
    let uploadSessions: UploadSessions?
    let lifecycle: Lifecycle
    let orphans: OrphanSweep
    let library: Library
    let keyValues: SQLKeyValueStore
    let clock: any WallClock
    let logger: Logger
    var interval = Duration.seconds(60)
    /// Uploads by link that ended longer ago are forgotten.
    static let memory = Duration.seconds(7 * 86_400)

    public func run() async {
        await attempt("make older samples findable") { try await library.indexOlder() }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await once()
            _ = try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        }
    }

    /// One round; a failing part is logged, and does not keep the others from running.
    public func once() async {
        await attempt("release expired holds") { _ = try await database.write { try ledger.releaseExpired(in: $0) } }
        await attempt("remove expired sessions") { try await sessions.removeExpired() }
        await attempt("remove expired values") { try await keyValues.removeExpired() }
        await attempt("end overdue uploads") { try await endOverdueUploads() }
        await attempt("remove abandoned uploads") { try await removeAbandonedUploads() }
        await attempt("remove what has lived its time") {
            try await Occasion.lifecycle.attend(keyValues, clock) { try await removeOutlived() }
        }
        await attempt("remove objects that no row knows") {
            try await Occasion.orphans.attend(keyValues, clock) { try await removeOrphans() }
        }
        await attempt("remove samples that were hidden long ago") { try await library.purgeOverdue(at: clock.now()) }
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
        try await database.read { session in
            if let job = try queue.find(id, in: session) { return !job.course.state.isFinal }
            return try ledger.isHeld(HoldID(of: id), in: session)
        }
    }

    private func jobID(of key: ObjectKey) -> JobID? {
        key.text.split(separator: "/").last.flatMap { JobID(String($0)) }
    }

    private func attempt(_ what: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch  where Task.isCancelled {
        } catch {
            logger.error("upkeep: cannot \(what)", metadata: ["error": "\(error)"])
        }
    }
}
