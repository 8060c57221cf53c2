import Foundation
import Storage
import Synchronization

/// Whether this program is to get requests: for a proxy that has others to send them to.
public struct Readiness: Sendable {
    public enum Reason: String, Sendable, CaseIterable {
        /// The program was told to stop; what it has begun is being finished.
        case draining
        case databaseAway = "database_away"
        case storageAway = "storage_away"
        /// The schema is older than the program, which would not know its own tables.
        case migrationsPending = "migrations_pending"
        /// Files under way, or rows, would soon find no room.
        case diskNearlyFull = "disk_nearly_full"
    }

    /// With less room than this on the disk of the data folder, new files go elsewhere.
    public static let leastRoom = 256 << 20

    let health: Health
    /// On the disk that has to have room.
    let folder: String
    private let stop = Stop()

    init(health: Health, folder: String) {
        (self.health, self.folder) = (health, folder)
    }

    /// From now on no new requests are to come.
    public func drain() { stop.isAsked.withLock { $0 = true } }

    public var isDraining: Bool { stop.isAsked.withLock { $0 } }

    /// Why not; none when it is ready.
    public func reasons() async -> [Reason] {
        async let parts = health.check()
        let isOld = await needsMigration
        let (database, storage) = (await parts[.database] ?? false, await parts[.storage] ?? false)
        let found: [(Reason, Bool)] = [
            (.draining, isDraining), (.databaseAway, !database), (.storageAway, !storage),
            (.migrationsPending, database && isOld),
            (.diskNearlyFull, DiskSpace(of: folder).map { $0.free < Self.leastRoom } ?? false),
        ]
        return found.filter(\.1).map(\.0)
    }

    /// One that a newer program wrote is none of ours to change, and that program knows what it left for us.
    private var needsMigration: Bool {
        get async {
            let status = try? await health.database.migrationStatus(UseCases.migrations)
            return status?.contains { !$0.pending.isEmpty } ?? false
        }
    }

    /// Shared by all copies.
    private final class Stop: Sendable {
        let isAsked = Mutex(false)
    }
}

/// How much room there is on a disk, for this user.
public struct DiskSpace: Equatable, Sendable {
    /// Bytes.
    public let free: Int
    public let total: Int

    /// - Returns: nil where nothing is known of the disk that `folder` is on.
    public init?(of folder: String) {
        guard let known = try? FileManager.default.attributesOfFileSystem(forPath: folder),
            let free = known[.systemFreeSize] as? NSNumber, let total = known[.systemSize] as? NSNumber
        else { return nil }
        (self.free, self.total) = (free.intValue, total.intValue)
    }
}
