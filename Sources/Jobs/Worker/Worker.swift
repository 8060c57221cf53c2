import Foundation
import Logging
import ServiceLifecycle
import Storage
import Synchronization

/// Runs jobs, a fixed number at once, until the service is stopped.
///
/// On a graceful shutdown no job is started any more; those that run get ``Configuration/grace`` to finish and are then
/// given back, which spends no attempt.
public struct Worker: Service {
    public struct Configuration: Sendable {
        /// Which queues, and how much of the worker each gets.
        public var queues: [QueueShare]
        /// How many jobs at once, in all.
        public var concurrency: Int
        /// How often to look for jobs that no signal tells of, as those of another process in an embedded database. Jobs that
        /// wait for their time are started at it.
        public var pollInterval = Duration.seconds(1)
        /// How long running jobs may go on after the stop was asked for.
        public var grace = Duration.seconds(10)

        public init(queues: [QueueShare], concurrency: Int) {
            (self.queues, self.concurrency) = (queues, concurrency)
        }

        /// All served alike.
        public init(queues: [String] = ["default"], concurrency: Int = ProcessInfo.processInfo.activeProcessorCount) {
            self.init(queues: queues.map { QueueShare($0) }, concurrency: concurrency)
        }
    }

    let name: String
    let queue: JobQueue
    let handlers: JobHandlers
    let configuration: Configuration
    let logger: Logger
    let completions: Completions

    /// - Parameter name: unique among all workers on the database.
    public init(
        name: String, queue: JobQueue, handlers: [any JobHandler], configuration: Configuration, logger: Logger
    ) {
        (self.name, self.configuration, self.logger) = (name, configuration, logger)
        self.handlers = JobHandlers(handlers)
        self.queue = queue.adding(policiesOf: self.handlers)
        completions = Completions(self.queue)
    }

    /// As the other, with a name of its own.
    public init(
        _ queue: JobQueue, _ handlers: [any JobHandler], configuration: Configuration = .init(),
        logger: Logger = Logger(label: "jobs")
    ) {
        self.init(
            name: "\(ProcessInfo.processInfo.hostName) \(UUID().uuidString.prefix(8))", queue: queue,
            handlers: handlers, configuration: configuration, logger: logger)
    }

    public func run() async {
        let wakeUp = WakeUp()
        await withDiscardingTaskGroup { group in
            group.addTask { await listen(wakeUp) }
            group.addTask { await serve(wakeUp) }
            group.addTask { await reclaim() }
        }
    }

    private func listen(_ wakeUp: WakeUp) async {
        await cancelOnShutdown {
            for await _ in queue.signals.signals(on: JobQueue.topic) { wakeUp.signal() }
        }
    }

    /// Fills the free slots, all of them with one claim. Never fails: a database that is away for a while is waited for.
    private func serve(_ wakeUp: WakeUp) async {
        let balance = Balance(configuration)
        await withDiscardingTaskGroup { runs in
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                let generation = wakeUp.generation
                var pause = configuration.pollInterval
                let (demands, asked) = balance.state.withLock { ($0.demands, min($0.free, JobQueue.largestClaim)) }
                do {
                    let jobs = try await queue.claim(demands, of: handlers.kinds, by: name, upTo: asked)
                    for job in jobs {
                        balance.state.withLock { $0.start(job.queue) }
                        runs.addTask {
                            await JobRun(job: job, worker: self).run()
                            balance.state.withLock { $0.end(job.queue) }
                            wakeUp.signal()
                        }
                    }
                    if asked > 0, jobs.count == asked { continue }
                    // One without room has nothing to ask for until a run ends, which wakes it.
                    if demands.contains(where: { $0.limit > 0 }) { pause = try await untilNextDue() }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("cannot claim a job", metadata: ["error": "\(error)"])
                }
                let longest = pause
                await cancelOnShutdown { await wakeUp.wait(since: generation, atMost: longest) }
            }
        }
    }

    /// How long no job that waits for its time is due, and at most as long as it is well not to look.
    private func untilNextDue() async throws -> Duration {
        guard let due = try await queue.database.read({ try queue.nextDue(in: $0) }) else {
            return configuration.pollInterval
        }
        // One that is due and was not taken is in other hands: no reason to ask without pause.
        return min(max(due - queue.clock.now(), .milliseconds(20)), configuration.pollInterval)
    }

    /// Gives the jobs of vanished workers to others.
    private func reclaim() async {
        var watch = LeaseWatch()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let leases = try await queue.database.read { try queue.leases(of: handlers.kinds, in: $0) }
                let silent = watch.silent(among: leases, at: .now) { queue.policy(of: $0).lease }
                for lease in silent { await reclaim(lease) }
            } catch is CancellationError {
                return
            } catch {
                logger.error("cannot look for lost leases", metadata: ["error": "\(error)"])
            }
            await cancelOnShutdown { try? await Task.sleep(for: lookInterval) }
        }
    }

    /// Each by itself: one that cannot be ended holds up no other.
    private func reclaim(_ held: HeldLease) async {
        var log = logger
        log[metadataKey: "job_id"] = "\(held.job)"
        do {
            let job = try await queue.database.write { try queue.reclaim(held, handlers, in: $0) }
            guard job != nil else { return }
            log.notice("a lease ran out", metadata: ["kind": "\(held.kind)", "worker": "\(held.lease.worker)"])
        } catch {
            log.error("cannot end a lost lease", metadata: ["error": "\(error)"])
        }
    }

    private var lookInterval: Duration {
        let leases = handlers.kinds.map { queue.policy(of: $0).lease }
        return min(.seconds(1), (leases.min() ?? queue.policy.lease) / 3)
    }

    private final class Balance: Sendable {
        let state: Mutex<QueueBalance>

        init(_ configuration: Configuration) {
            state = Mutex(QueueBalance(configuration.queues, concurrency: configuration.concurrency))
        }
    }

    private func cancelOnShutdown(_ work: @escaping @Sendable () async -> Void) async {
        await cancelWhenGracefulShutdown { await work() }
    }
}
