import Jobs
import Logging
import Storage

/// What a process does that runs a `Worker`: when it asks for jobs, extends leases, looks for lost ones and writes what
/// came of the jobs, is for the worker to decide; when it comes to it, for the simulation.
extension SimulatedWorld {
    func start(_ process: SimulatedProcess) {
        let errand: @Sendable () -> Errand = { [self] in self.errand(.serve, by: process) }
        let queue = queue(errand, on: process)
        let handlers: [any JobHandler] = [
            TuneHandler(kind: PlannedJob.kind, world: self, process: process),
            TuneHandler(kind: SimulatedSchedules.kind, world: self, process: process), flowHandler(queue, errand),
        ]
        let logger = Logger(label: process.name) { _ in SurpriseLog(world: self, process: process) }
        let worker = Worker(
            name: process.name, queue: queue, handlers: handlers, configuration: Self.configuration, logger: logger,
            on: process.machine)
        process.start { await worker.run() }
    }

    private static var configuration: Worker.Configuration {
        var configuration = Worker.Configuration(queues: SimulatedQueues.all, concurrency: 2)
        configuration.pollInterval = .seconds(10)
        return configuration
    }
}

private struct TuneHandler: JobHandler {
    let kind: String
    let world: SimulatedWorld
    let process: SimulatedProcess

    func run(_ job: Job) async throws -> JobEffect {
        let errand = world.errand(.handle(job), by: process)
        if process.isRetired { world.witness.fail("a job was begun by one who stops (\(errand))") }
        return try await world.tune(job, errand)
    }
}

/// What a worker takes for a mistake.
private struct SurpriseLog: LogHandler {
    let world: SimulatedWorld
    let process: SimulatedProcess
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.level >= .error, process.isAlive else { return }
        let error = "\(event.metadata?["error"] ?? "")"
        guard error != "\(SimulatedDatabase.away)", error != "\(Killed())" else { return }
        world.witness.fail("unexpected: \(event.message) \(error) (\(process.name))")
    }
}
