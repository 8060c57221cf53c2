import Logging
import ServiceLifecycle
import Storage

/// Enqueues the jobs of all schedules of a database when they are due, until the service is stopped.
///
/// Any number may run beside each other, in any number of processes: each slot is claimed by one of them. Between slots it
/// sleeps; a schedule that was changed wakes it, a graceful shutdown ends it at once. A database that is away is waited
/// for; what was missed is caught up as each schedule says.
///
/// ```swift
/// let schedules = Schedules(queue)
/// let scheduler = Scheduler(
///     name: "host-1", schedules: schedules, registering: [digest, cleanUp], by: "newsletter", logger: logger)
/// try await ServiceGroup(services: [worker, scheduler], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
public struct Scheduler: Service {
    public struct Configuration: Sendable {
        /// The longest sleep: so late at most is a slot claimed after the machine's clock was set ahead, or after another
        /// scheduler died on it.
        public var longestSleep = Duration.seconds(15)
        /// How long to wait when the database did not answer, or a schedule could not be served.
        public var pauseAfterFailure = Duration.seconds(5)
        /// How long runs are kept.
        public var keepsRuns = Duration.seconds(30 * 86_400)

        public init() {}
    }

    let name: String
    let schedules: Schedules
    let registered: (schedules: [Schedule], registrant: String)?
    let configuration: Configuration
    let logger: Logger

    /// Serves what is there.
    ///
    /// - Parameter name: how runs tell who claimed them.
    public init(
        name: String, schedules: Schedules, configuration: Configuration = Configuration(), logger: Logger
    ) {
        (self.name, self.schedules, registered) = (name, schedules, nil)
        (self.configuration, self.logger) = (configuration, logger)
    }

    /// Serves what is there, after it has registered the schedules of its program.
    ///
    /// - Parameters:
    ///   - name: how runs tell who claimed them.
    ///   - registered: all that the program has: see ``Schedules/register(_:by:in:)``.
    ///   - registrant: whose they are: what another program on the database registers under the same name disables them.
    public init(
        name: String, schedules: Schedules, registering registered: [Schedule], by registrant: String,
        configuration: Configuration = Configuration(), logger: Logger
    ) {
        (self.name, self.schedules, self.registered) = (name, schedules, (registered, registrant))
        (self.configuration, self.logger) = (configuration, logger)
    }

    public func run() async {
        let wakeUp = WakeUp()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in schedules.signals.signals(on: Schedules.topic) { wakeUp.signal() }
                }
                group.addTask { await serve(wakeUp) }
            }
        }
    }

    private func serve(_ wakeUp: WakeUp) async {
        var isRegistered = registered == nil
        var pruneAt: Timestamp?
        while !Task.isCancelled {
            let generation = wakeUp.generation
            var pause = configuration.pauseAfterFailure
            do {
                if !isRegistered { try await register() }
                isRegistered = true
                pause = try await turn()
                try await prune(&pruneAt)
            } catch is CancellationError {
                return
            } catch let error as ScheduleError {
                // A mistake in the program that waiting does not mend; what is there is served all the same.
                logger.critical("cannot register the schedules", metadata: ["error": "\(error)"])
                isRegistered = true
                continue
            } catch {
                logger.error("cannot serve the schedules", metadata: ["error": "\(error)"])
            }
            await wakeUp.wait(since: generation, atMost: min(pause, configuration.longestSleep))
        }
    }

    private func register() async throws {
        guard let (registered, registrant) = registered else { return }
        let disabled = try await schedules.register(registered, by: registrant)
        guard !disabled.isEmpty else { return }
        logger.notice(
            "disabled schedules that the program no longer has",
            metadata: ["registrant": "\(registrant)", "schedules": "\(disabled.joined(separator: ", "))"])
    }

    /// - Returns: how long there is nothing to do.
    private func turn() async throws -> Duration {
        let turn = try await schedules.claimDue(by: name)
        for run in turn.runs { log(run) }
        for (schedule, reason) in turn.failures.sorted(by: { $0.key < $1.key }) {
            logger.error("cannot serve a schedule", metadata: ["schedule": "\(schedule)", "error": "\(reason)"])
        }
        let untilNext = turn.nextSlot.map { max($0 - schedules.clock.now(), .zero) } ?? configuration.longestSleep
        return turn.failures.isEmpty ? untilNext : min(untilNext, configuration.pauseAfterFailure)
    }

    private func log(_ run: ScheduleRun) {
        var metadata: Logger.Metadata = [
            "schedule": "\(run.schedule)", "outcome": run.job == nil ? "skipped" : "enqueued",
        ]
        if let slot = run.slot { metadata["slot"] = "\(slot)" }
        if let job = run.job { metadata["job_id"] = "\(job)" }
        if let passedOver = run.passedOver { metadata["passed_over_from"] = "\(passedOver)" }
        logger.log(level: run.passedOver == nil ? .info : .notice, "schedule", metadata: metadata)
    }

    /// Once an hour.
    private func prune(_ pruneAt: inout Timestamp?) async throws {
        let (now, hour) = (schedules.clock.now(), Duration.seconds(3600))
        // Further off than that it is only because the clock was set back.
        if let pruneAt, now < pruneAt, pruneAt - now <= hour { return }
        let (age, limit) = (configuration.keepsRuns, 1000)
        var count = limit
        while count == limit {
            count = try await schedules.database.write { try schedules.prune(olderThan: age, limit: limit, in: $0) }
        }
        pruneAt = now + hour
    }
}
