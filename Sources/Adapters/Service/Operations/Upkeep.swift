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
    let keyValues: SQLKeyValueStore
    let logger: Logger
    var interval = Duration.seconds(60)

    public func run() async {
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
        await attempt("remove abandoned uploads") { try await removeAbandonedUploads() }
    }

    /// For the start of a server that is the only one on its data: no upload of an earlier run can still be coming in.
    public func forgetInterruptedUploads() async throws {
        _ = try await database.write { try ledger.releaseUnowned(in: $0) }
        try await removeAbandonedUploads()
    }

    /// A pending object is abandoned when no job knows it and no hold is waiting for its body.
    private func removeAbandonedUploads() async throws {
        var last: ObjectKey?
        repeat {
            let page = try await objects.list(prefix: Upload.pendingPrefix, after: last, limit: 1000)
            for object in page.objects where try await isAbandoned(object) {
                try await objects.delete(object.key)
                logger.notice("removed an abandoned upload", metadata: ["key": "\(object.key)"])
            }
            last = page.next
        } while last != nil
    }

    private func isAbandoned(_ object: ObjectInfo) async throws -> Bool {
        guard let name = object.key.text.split(separator: "/").last, let id = JobID(String(name)) else { return false }
        return try await database.read { session in
            if let job = try queue.find(id, in: session) { return job.course.state.isFinal }
            return try !ledger.isHeld(HoldID(of: id), in: session)
        }
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
