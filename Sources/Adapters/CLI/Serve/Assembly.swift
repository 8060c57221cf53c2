import Auth
import Foundation
import Logging
import Storage
import WaxwingProviders
import WaxwingService

/// Puts the service together on the backends that the settings name.
struct Assembly {
    let useCases: UseCases
    private let database: any Storage.Database
    /// To be kept up to date while the service runs.
    let keys: Keys
    let logger: Logger

    /// Makes the keys of the data folder at the first start, and brings the schema up to date.
    ///
    /// - Parameter places: locked: nobody is making them anew.
    init(_ settings: Settings, _ places: DataPlaces) async throws {
        let level = settings.logLevel
        logger = Logger(label: "waxwing") { _ in JSONLogHandler(level: level) }
        let clock = SystemClock()
        database = try places.database()
        try await database.migrate(UseCases.migrations, at: clock.now())
        let objects = try await places.objects()
        try await Installation(database, objects).join(at: clock.now())
        let store = places.keyStore(database)
        keys = try Keys(
            await store.loadOrCreate(at: clock.now()), from: store, signingSecret: settings.jwtSecret, clock: clock
        ) { [logger] problem in logger.error("\(problem)") }
        useCases = try UseCases(
            Backends(
                database: database, objects: objects, clock: clock, signals: try places.signals(),
                linkBase: "\(settings.publicURL ?? "")/objects"),
            plans: settings.plans, quietHours: settings.quietHours, keys: keys,
            signIn: try settings.signIn.options(logger: logger),
            payments: try settings.payments?.options(logger: logger),
            ai: try settings.ai?.options(logger: logger),
            // A client of its own, under a policy that trusts nobody: what users name leads to public addresses alone.
            files: settings.fetchesURLs ? CheckedFileFetcher(try OutboundHTTP(logger: logger)) : nil,
            analyzer: AnalysisPool(
                executable: try Self.executable(), arguments: AnalysisChild.arguments(ffmpeg: settings.ffmpeg),
                size: ProcessInfo.processInfo.activeProcessorCount, ffmpeg: settings.ffmpeg),
            work: try WorkFolder(in: places.work), logger: logger)
        useCases.metrics.set(.build, Waxwing.version, to: 1)
        for warning in settings.warnings { logger.warning("\(warning)") }
    }

    /// When everything that was put together has ended.
    func close() async {
        await database.close()
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
