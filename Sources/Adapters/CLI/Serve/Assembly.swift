import Auth
import Foundation
import Logging
import Storage
import StorageS3
import StorageSQLite
import WaxwingService

/// Chooses the backends and puts the service together. The only place that knows them all.
struct Assembly {
    let settings: Settings
    let useCases: UseCases
    let logger: Logger

    /// Opens the data folder, making it and its keys at the first start, and brings its schema up to date.
    init(_ settings: Settings) async throws {
        self.settings = settings
        let level = settings.logLevel
        logger = Logger(label: "waxwing") { _ in JSONLogHandler(level: level) }
        // What the service writes is for its user only, whatever the folder allows.
        umask(0o077)
        let folder = URL(fileURLWithPath: settings.data).path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartError(
                "the data folder '\(settings.data)' cannot be created: set WAXWING_DATA to a folder you may write to")
        }
        let clock = SystemClock()
        let database = try Self.database(settings, folder)
        try await database.migrate(UseCases.migrations, at: clock.now())
        useCases = try UseCases(
            Backends(database: database, objects: try await Self.objects(settings, folder), clock: clock),
            plans: settings.plans, keys: try await Self.keys(settings, folder, database, clock),
            analyzer: AnalysisPool(
                executable: try Self.executable(), arguments: AnalysisChild.arguments(ffmpeg: settings.ffmpeg),
                size: ProcessInfo.processInfo.activeProcessorCount, ffmpeg: settings.ffmpeg),
            work: try WorkFolder(in: "\(folder)/work"), logger: logger)
    }

    private static func database(_ settings: Settings, _ folder: String) throws -> any Database {
        if let postgres = settings.postgres { return try postgres.open() }
        return try SQLiteDatabase(path: "\(folder)/waxwing.sqlite")
    }

    private static func objects(_ settings: Settings, _ folder: String) async throws -> any ObjectStore {
        guard let configuration = settings.s3 else { return try LocalObjectStore(folder: "\(folder)/store") }
        let store = S3ObjectStore(configuration)
        do {
            // Better said now than at the first upload.
            _ = try await store.list(prefix: "health/", after: nil, limit: 1)
        } catch {
            throw StartError("the bucket '\(configuration.bucket)' cannot be used: \(error)")
        }
        return store
    }

    private static func keys(
        _ settings: Settings, _ folder: String, _ database: any Database, _ clock: any WallClock
    ) async throws -> KeyRing {
        guard let postgres = settings.postgres else { return try await KeyFile.loadOrCreate("\(folder)/keys.json") }
        return try await SealedKeys.loadOrCreate(in: database, openedBy: postgres.secret, at: clock.now())
    }

    /// Whether other servers may be at work on the same rows.
    var isShared: Bool { settings.postgres != nil }

    /// Held by the one server that takes uploads into the folder.
    func lockFolder() throws -> FileLock {
        let path = URL(fileURLWithPath: settings.data).path + "/server.lock"
        guard let lock = FileLock(ifFree: path) else {
            throw StartError(
                "another server uses the data folder '\(settings.data)': stop it, or set WAXWING_DATA to another folder"
            )
        }
        return lock
    }

    private static func executable() throws -> String {
        guard let path = Bundle.main.executablePath else { throw StartError("the program's own path is unknown") }
        return path
    }
}

/// Why the service does not start, and what to do about it.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
