import Auth
import Foundation
import Storage
import StoragePostgres
import StorageS3
import StorageSQLite

/// Where the settings say that rows, objects and files under way are. The only place that decides it.
struct DataPlaces {
    private let settings: Settings
    /// The data folder.
    let folder: String

    init(_ settings: Settings) {
        self.settings = settings
        folder = URL(fileURLWithPath: settings.data).path
    }

    /// Whether other machines may be at work on the same rows.
    var isShared: Bool { settings.postgres != nil }

    /// For messages.
    var description: String { isShared ? "the shared database" : settings.data }

    /// Files under way: beside the data, as the disk of temporary files may be small, or memory.
    var work: String { "\(folder)/work" }

    private var file: String { "\(folder)/waxwing.sqlite" }

    /// Whether somebody has worked here before; to look for rows that are not there would make them.
    var hasRows: Bool { isShared || FileManager.default.fileExists(atPath: file) }

    /// What is in the folder and nobody else's to read; nil for what lies elsewhere.
    var secretFiles: [String] { isShared ? [] : ["\(folder)/keys.json", file] }

    /// What the program writes from now on is for its user only, whatever the folder allows.
    func makeFolder() throws {
        umask(0o077)
        do {
            for path in [folder, work] {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw StartError(
                "the data folder '\(settings.data)' cannot be created: set WAXWING_DATA to a folder you may write to")
        }
    }

    func database() throws -> any InspectableDatabase {
        if let postgres = settings.postgres { return try postgres.open() }
        return try SQLiteDatabase(path: file)
    }

    /// Where the keys are that the service signs with: in the folder, or sealed in a shared database.
    func keyStore(_ database: any Database) -> any KeyStore {
        guard let postgres = settings.postgres else { return KeyFile("\(folder)/keys.json") }
        return SealedKeys(database, openedBy: postgres.secret)
    }

    /// - Throws: ``StartError`` when there is no database yet; opening one would make it.
    func checkExists() throws {
        guard hasRows else {
            throw StartError(
                "there is no database in the data folder '\(settings.data)': set WAXWING_DATA to the right one")
        }
    }

    /// Between all processes on a shared database; those on one file look for themselves.
    func signals() throws -> any ChangeSignals {
        guard let postgres = settings.postgres else { return LocalSignals() }
        let signals = try PostgresNotifications(url: postgres.url)
        // A restore must know at once that somebody is at work here.
        signals.connect()
        return signals
    }

    /// - Throws: ``StartError`` when a bucket cannot be used: better said now than at the first upload.
    func objects() async throws -> any ObjectStore {
        guard var configuration = settings.s3 else { return try LocalObjectStore(folder: "\(folder)/store") }
        configuration.spoolFolder = work
        let store = S3ObjectStore(configuration)
        do {
            _ = try await store.list(prefix: "health/", after: nil, limit: 1)
        } catch {
            throw StartError("the bucket '\(configuration.bucket)' cannot be used: \(error)")
        }
        return store
    }

    /// Held by the one server that takes uploads into the folder; beside others on a shared database none is.
    ///
    /// To be taken before anything in the folder is touched, as the one for workers: it may be being restored.
    func lockForServer() throws -> FileLock? {
        try makeFolder()
        if isShared { return nil }
        guard let lock = try FileLock(ifFree: serverFile) else {
            throw StartError(
                """
                another server, or a restore, uses the data folder '\(settings.data)': stop it, or set WAXWING_DATA to \
                another folder
                """)
        }
        return lock
    }

    /// Held by every worker that runs beside a server.
    func lockForWorker() throws -> FileLock {
        try makeFolder()
        guard let lock = try FileLock(ifFree: workersFile, shared: true) else {
            throw StartError("the data folder '\(settings.data)' is being restored: start again when that is done")
        }
        return lock
    }

    /// Held by who makes the folder's rows anew.
    func lockAlone() throws -> [FileLock] {
        try [(serverFile, "server"), (workersFile, "worker")].map { file, user in
            guard let lock = try FileLock(ifFree: file) else {
                throw StartError(
                    "a \(user) uses the data folder '\(settings.data)': stop every server and worker first")
            }
            return lock
        }
    }

    private var serverFile: String { "\(folder)/server.lock" }
    private var workersFile: String { "\(folder)/workers.lock" }
}
