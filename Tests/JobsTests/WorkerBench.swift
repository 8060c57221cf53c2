import FreshDatabases
import Jobs
import JobsTestKit
import Logging
import ServiceLifecycle
import Storage
import Testing

/// A worker as a service over a database in memory, and a way to wait for the ends of its runs.
struct WorkerBench: Sendable {
    let database: any Database
    let queue: JobQueue
    private let runs: AsyncStream<EndedRun>
    private let logger: Logger

    /// - Parameters:
    ///   - shared: a database that other benches use too; nil for a fresh one.
    ///   - signals: how this process hears of new jobs.
    init(
        on shared: (any Database)? = nil, signals: any ChangeSignals = LocalSignals(),
        _ change: (inout RetryPolicy) -> Void = { _ in }
    ) async throws {
        var policy = RetryPolicy()
        (policy.firstDelay, policy.longestDelay) = (.milliseconds(1), .milliseconds(2))
        // On a busy machine a test may wait long for a processor; its lease must not run out meanwhile.
        policy.lease = .seconds(600)
        change(&policy)
        database = if let shared { shared } else { try await FreshDatabase.make() }
        try await database.migrate([JobSchema.migrations], at: Timestamp(milliseconds: 0))
        queue = JobQueue(database, policy: policy, signals: signals)
        let (runs, ended) = AsyncStream.makeStream(of: EndedRun.self)
        self.runs = runs
        logger = Logger(label: "worker") { _ in RunLog(ended: ended) }
        _ = try await database.write {
            try $0.execute("CREATE TABLE IF NOT EXISTS ledger (job_id TEXT PRIMARY KEY, note TEXT NOT NULL)")
        }
    }

    /// Runs a worker until `body` is over, then stops it gracefully.
    func whileWorking<Value: Sendable>(
        _ handlers: [any JobHandler], slots: Int = 1, grace: Duration = .zero,
        lookingEvery pause: Duration = .milliseconds(5), body: () async throws -> Value
    ) async throws -> Value {
        var configuration = Worker.Configuration(queues: ["default"], concurrency: slots)
        (configuration.pollInterval, configuration.grace) = (pause, grace)
        let worker = Worker(
            name: "ada", queue: queue, handlers: handlers, configuration: configuration, logger: logger)
        let services = ServiceGroup(services: [worker], logger: logger)
        return try await services.run(while: body)
    }

    @discardableResult
    func enqueue(kind: String = "tune") async throws -> JobID {
        let job = try NewJob(kind: kind, payload: 1)
        return try await database.write { try queue.enqueue(job, in: $0) }
    }

    /// Waits for the worker's next ended runs.
    func ends(_ count: Int) async -> [EndedRun] {
        var ends: [EndedRun] = []
        for await run in runs {
            ends.append(run)
            if ends.count == count { break }
        }
        return ends
    }

    func job(_ id: JobID) async throws -> Job {
        try #require(try await database.read { try queue.find(id, in: $0) })
    }

    func outcomes(of id: JobID) async throws -> [String] {
        try await database.read { session in
            try session.rows("SELECT outcome FROM job_attempts WHERE job_id = \(id) ORDER BY token")
                .map { try $0.get("outcome") }
        }
    }

    func ledger() async throws -> [String] {
        try await database.read { try $0.rows("SELECT note FROM ledger").map { try $0.get("note") } }
    }
}

/// What the worker logs of a run, once it is recorded.
struct EndedRun: Equatable, Sendable {
    let outcome: String
    let status: String
}

private struct RunLog: LogHandler {
    let ended: AsyncStream<EndedRun>.Continuation
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(ended: AsyncStream<EndedRun>.Continuation) {
        self.ended = ended
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let outcome = event.metadata?["outcome"], let status = event.metadata?["status"] else { return }
        ended.yield(EndedRun(outcome: "\(outcome)", status: "\(status)"))
    }
}

/// Does what the test says.
struct ScriptedHandler: JobHandler {
    var kind = "tune"
    let work: @Sendable (Job) async throws -> JobEffect

    func run(_ job: Job) async throws -> JobEffect { try await work(job) }

    func abandoned(_ job: Job, in session: any WriteSession) throws {
        let status = job.course.state.status.rawValue
        try session.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), \("abandoned, \(status)"))")
    }
}

/// A door that tells of arrivals, and stays shut until the task is cancelled.
struct Gate: Sendable {
    private let arrivals: AsyncStream<Void>
    private let knock: AsyncStream<Void>.Continuation

    init() {
        (arrivals, knock) = AsyncStream.makeStream(of: Void.self)
    }

    /// Arrives, and stays until cancelled.
    func stay() async throws {
        knock.yield()
        try await Task.sleep(for: .seconds(3_600))
    }

    func arrival() async {
        for await _ in arrivals { return }
    }
}
