import Auth
import Foundation
import Logging
import Storage
import WaxwingService

/// Puts the service together on the backends that the settings name.
struct Assembly {
    let places: DataPlaces
    let useCases: UseCases
    let logger: Logger

    /// Opens the data folder, making it and its keys at the first start, and brings the schema up to date.
    init(_ settings: Settings) async throws {
        places = DataPlaces(settings)
        let level = settings.logLevel
        logger = Logger(label: "waxwing") { _ in JSONLogHandler(level: level) }
        try places.makeFolder()
        let (clock, folder) = (SystemClock(), places.folder)
        let database = try places.database()
        try await database.migrate(UseCases.migrations, at: clock.now())
        let objects = try await places.objects()
        try await Installation(database, objects).join(at: clock.now())
        let keys =
            if let postgres = settings.postgres {
                try await SealedKeys.loadOrCreate(in: database, openedBy: postgres.secret, at: clock.now())
            } else {
                try await KeyFile.loadOrCreate("\(folder)/keys.json")
            }
        useCases = try UseCases(
            Backends(
                database: database, objects: objects, clock: clock, signals: try places.signals(),
                linkBase: "\(settings.publicURL ?? "")/objects"),
            plans: settings.plans, keys: keys,
            analyzer: AnalysisPool(
                executable: try Self.executable(), arguments: AnalysisChild.arguments(ffmpeg: settings.ffmpeg),
                size: ProcessInfo.processInfo.activeProcessorCount, ffmpeg: settings.ffmpeg),
            work: try WorkFolder(in: places.work), logger: logger)
    }

    /// Held by the one server that takes uploads into the folder; beside others on a shared database none is.
    func lockFolder() throws -> FileLock? {
        if places.isShared { return nil }
        guard let lock = places.lock() else {
            throw StartError(
                "another server uses the data folder '\(places.description)': stop it, or set WAXWING_DATA to another folder"
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
