import Foundation
import Storage
import WaxwingService

/// The rows and objects of the service that the environment names, without the service.
struct OperatedService {
    let database: any InspectableDatabase
    let objects: any ObjectStore
    private let lock: FileLock?

    enum Use {
        /// Beside a running service; there must be one to look at.
        case reading
        /// Steps of the schema, which programs take one after another.
        case migrating
        /// What is there is made anew: no server may be at work.
        case replacing
    }

    static func open(_ settings: Settings, for use: Use) async throws -> OperatedService {
        let places = DataPlaces(settings)
        if use == .reading { try places.checkExists() }
        try places.makeFolder()
        var lock: FileLock?
        if use == .replacing, !places.isShared {
            lock = places.lock()
            guard lock != nil else {
                throw StartError("a server uses the data folder '\(places.description)': stop it and its workers first")
            }
        }
        return OperatedService(database: try places.database(), objects: try await places.objects(), lock: lock)
    }

    var whole: BackupSource {
        BackupSource(database, UseCases.migrations, objects, references: UseCases.objectReferences)
    }
}
