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
        /// How often to look for jobs that no signal tells of, as those of another process in an embedded database.
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
    let handlers: [String: any JobHandler]
    let configuration: Configuration
    let logger: Logger
    let completions: Completions

    /// - Parameter name: unique among all workers on the database.
    public init(
        name: String, queue: JobQueue, handlers: [any JobHandler], configuration: Configuration, logger: Logger
    ) {
        (self.name, self.queue, self.configuration, self.logger) = (name, queue, configuration, logger)
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }) { _, last in last }
        completions = Completions(queue)
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
                let (demands, asked) = balance.state.withLock { ($0.demands, min($0.free, JobQueue.largestClaim)) }
                do {
                    let jobs = try await queue.claim(demands, by: name, upTo: asked)
                    for job in jobs {
                        balance.state.withLock { $0.start(job.queue) }
                        runs.addTask {
                            await JobRun(job: job, worker: self).run()
                            balance.state.withLock { $0.end(job.queue) }
                            wakeUp.signal()
                        }
                    }
                    if asked > 0, jobs.count == asked { continue }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("cannot claim a job", metadata: ["error": "\(error)"])
                }
                await cancelOnShutdown { await wakeUp.wait(since: generation, atMost: configuration.pollInterval) }
            }
        }
    }

    /// Gives the jobs of vanished workers to others.
    private func reclaim() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let count = try await queue.reclaimExpired { job, session in
                    try handlers[job.kind]?.abandoned(job, in: session)
                }
                if count > 0 { logger.notice("leases ran out", metadata: ["jobs": "\(count)"]) }
            } catch is CancellationError {
                return
            } catch {
                logger.error("cannot look for lost leases", metadata: ["error": "\(error)"])
            }
            await cancelOnShutdown { try? await Task.sleep(for: min(.seconds(1), queue.policy.lease / 3)) }
        }
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
