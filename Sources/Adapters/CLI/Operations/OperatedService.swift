import Foundation
import Storage
import StoragePostgres
import WaxwingService

/// The rows and objects of the service that the environment names, without the service.
struct OperatedService {
    let database: any InspectableDatabase
    private let places: DataPlaces
    private let locks: [FileLock]

    enum Use {
        /// Beside a running service; there must be one to look at.
        case reading
        /// Steps of the schema, which programs take one after another.
        case migrating
        /// What is there is made anew: no server or worker may be at work.
        case replacing
        /// Rows that are there are tied to other objects: nobody may be at work on them.
        case adopting

        var needsRows: Bool { self == .reading || self == .adopting }
        var isAlone: Bool { self == .replacing || self == .adopting }
    }

    static func open(_ settings: Settings, for use: Use) async throws -> OperatedService {
        let places = DataPlaces(settings)
        if use.needsRows { try places.checkExists() }
        try places.makeFolder()
        let database = try places.database()
        let locks = use.isAlone ? try await lockAll(places, database) : []
        return OperatedService(database: database, places: places, locks: locks)
    }

    /// - Throws: ``StartError`` or ``DumpError/inUse`` while a server or a worker uses the rows.
    private static func lockAll(
        _ places: DataPlaces, _ database: any InspectableDatabase
    ) async throws -> [FileLock] {
        guard let shared = database as? PostgresDatabase else { return try places.lockAlone() }
        // One that has just ended is seen a moment longer; one that starts later is noticed when the rows are loaded.
        let end = ContinuousClock.now + .seconds(5)
        while try await shared.isInUse() {
            guard ContinuousClock.now < end else { throw DumpError.inUse }
            try await Task.sleep(for: .milliseconds(100))
        }
        return []
    }

    /// Opened when they are needed: rows can be looked after while a bucket is away.
    func objects() async throws -> any ObjectStore {
        try await places.objects()
    }

    func whole() async throws -> BackupSource {
        BackupSource(
            database, UseCases.migrations, try await objects(), references: UseCases.objectReferences,
            passing: UseCases.passingReferences)
    }
}
