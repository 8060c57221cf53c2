import Jobs
import JobsTestKit
import Logging
import ServiceLifecycle
import Storage
import StorageTestKit

/// Schedulers as services, and a way to wait for what they log.
struct SchedulerBench: Sendable {
    let bench: ScheduleBench
    private let logged: AsyncStream<String>
    private let logger: Logger

    init() async throws {
        bench = ScheduleBench(try await freshScheduleDatabase())
        let (logged, log) = AsyncStream.makeStream(of: String.self)
        self.logged = logged
        logger = Logger(label: "scheduler") { _ in LineLog(lines: log) }
    }

    /// Runs schedulers until `body` is over, then stops them gracefully.
    ///
    /// - Parameter database: what they use; nil for the bench's own.
    @discardableResult
    func whileScheduling<Value: Sendable>(
        _ registered: [Schedule]? = nil, by registrant: String = "app", on database: (any Database)? = nil,
        count: Int = 1, sleepingAtMost sleep: Duration = .milliseconds(5), body: () async throws -> Value
    ) async throws -> Value {
        var configuration = Scheduler.Configuration()
        (configuration.longestSleep, configuration.pauseAfterFailure) = (sleep, .milliseconds(1))
        let schedules =
            database.map { Schedules(JobQueue($0, signals: bench.signals, clock: bench.clock)) } ?? bench.schedules
        let services = ServiceGroup(
            services: (0..<count).map { number in
                let name = "scheduler \(number)"
                guard let registered else {
                    return Scheduler(name: name, schedules: schedules, configuration: configuration, logger: logger)
                }
                return Scheduler(
                    name: name, schedules: schedules, registering: registered, by: registrant,
                    configuration: configuration, logger: logger)
            }, logger: logger)
        return try await services.run(while: body)
    }

    /// Waits for so many lines that begin so.
    @discardableResult
    func lines(_ count: Int, beginning: String) async -> [String] {
        var lines: [String] = []
        for await line in logged where line.hasPrefix(beginning) {
            lines.append(line)
            if lines.count == count { break }
        }
        return lines
    }
}

/// A line is the message, then the values that tests look at.
private struct LineLog: LogHandler {
    let lines: AsyncStream<String>.Continuation
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(lines: AsyncStream<String>.Continuation) {
        self.lines = lines
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = ["schedule", "outcome", "slot", "error", "schedules"].compactMap {
            event.metadata?[$0].map { "\($0)" }
        }
        lines.yield(([event.message.description] + values).joined(separator: " "))
    }
}
