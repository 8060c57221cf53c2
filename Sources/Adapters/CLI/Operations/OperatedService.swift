import Foundation
import Storage
import StorageSQLite
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

    /// The only place that decides where the rows and objects are.
    static func open(_ settings: Settings, for use: Use) throws -> OperatedService {
        let folder = URL(fileURLWithPath: settings.data).path
        let file = "\(folder)/waxwing.sqlite"
        // What is written is for its user only.
        umask(0o077)
        if use == .reading, !FileManager.default.fileExists(atPath: file) {
            throw StartError(
                "there is no database in the data folder '\(settings.data)': set WAXWING_DATA to the right one")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartError(
                "the data folder '\(settings.data)' cannot be created: set WAXWING_DATA to a folder you may write to")
        }
        var lock: FileLock?
        if use == .replacing {
            lock = FileLock(ifFree: "\(folder)/server.lock")
            guard lock != nil else {
                throw StartError("a server uses the data folder '\(settings.data)': stop it and its workers first")
            }
        }
        return OperatedService(
            database: try SQLiteDatabase(path: file), objects: try LocalObjectStore(folder: "\(folder)/store"),
            lock: lock)
    }

    var whole: BackupSource {
        BackupSource(database, UseCases.migrations, objects, references: UseCases.objectReferences)
    }
}
