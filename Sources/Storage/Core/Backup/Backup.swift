import Foundation

/// A folder that holds a service: its rows of one moment, and their objects.
///
/// ```
/// backup.json      what is in it
/// database.dump    all rows
/// objects/         a `LocalObjectStore` with all objects, each with its SHA-256
/// ```
///
/// The same for every engine and store, so that a service can be restored onto others. The folder has its name once it is
/// whole and on the disk; until then it is `….partial`, where a backup that was interrupted goes on.
public struct Backup: Sendable {
    public let folder: String

    /// - Parameter folder: slashes at its end say nothing.
    public init(folder: String) {
        var folder = folder
        while folder.utf8.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        self.folder = folder
    }

    var dump: String { folder + "/database.dump" }
    var manifestFile: String { folder + "/backup.json" }

    var objects: String { folder + "/objects" }

    /// The objects that were kept, for reading: the folder may be one that cannot be written to.
    public func keptObjects() -> any ObjectStore {
        LocalObjectStore(reading: objects)
    }

    /// - Throws: ``BackupError/notABackup(_:)``, ``BackupError/newerFormat(_:)``.
    public func manifest() throws(BackupError) -> BackupManifest {
        struct Version: Decodable { let format: Int }
        guard let data = FileManager.default.contents(atPath: manifestFile),
            let version = try? JSONDecoder().decode(Version.self, from: data)
        else { throw .notABackup(folder) }
        guard version.format <= BackupManifest.currentFormat else { throw .newerFormat(version.format) }
        guard let manifest = try? JSONDecoder().decode(BackupManifest.self, from: data) else {
            throw .notABackup(folder)
        }
        return manifest
    }
}

/// How far a backup or a restore is.
public enum BackupProgress: Sendable {
    case objects(ObjectCopyReport)
    case rows(Int)
    /// Rows whose objects were looked for.
    case checked(Int)
}

/// The service that is kept, or brought back.
public struct BackupSource: Sendable {
    public let database: any InspectableDatabase
    public let sets: [MigrationSet]
    public let objects: any ObjectStore
    /// The columns by which rows have objects.
    public let references: [ObjectReference]
    /// By which rows have objects for a time only.
    public let passing: [PassingReference]

    public init(
        _ database: any InspectableDatabase, _ sets: [MigrationSet], _ objects: any ObjectStore,
        references: [ObjectReference], passing: [PassingReference] = []
    ) {
        (self.database, self.sets, self.objects) = (database, sets, objects)
        (self.references, self.passing) = (references, passing)
    }
}

extension LocalObjectStore {
    /// Makes no folder and no lock: whoever only reads needs no right to write.
    init(reading folder: String) {
        (root, clock) = (folder, SystemClock())
    }
}
