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
        /// Which queues, all served alike.
        public var queues: [String]
        /// How many jobs at once.
        public var concurrency: Int
        /// How often to look for jobs that no signal tells of, as those of another process in an embedded database.
        public var pollInterval = Duration.seconds(1)
        /// How long running jobs may go on after the stop was asked for.
        public var grace = Duration.seconds(10)

        public init(queues: [String], concurrency: Int) {
            (self.queues, self.concurrency) = (queues, concurrency)
        }
    }

    let name: String
    let queue: JobQueue
    let handlers: [String: any JobHandler]
    let configuration: Configuration
    let logger: Logger

    /// - Parameter name: unique among all workers on the database.
    public init(
        name: String, queue: JobQueue, handlers: [any JobHandler], configuration: Configuration, logger: Logger
    ) {
        (self.name, self.queue, self.configuration, self.logger) = (name, queue, configuration, logger)
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }) { _, last in last }
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
        let slots = Slots(configuration.concurrency)
        await withDiscardingTaskGroup { runs in
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                let (generation, asked) = (wakeUp.generation, min(slots.free, JobQueue.largestClaim))
                do {
                    let jobs = try await queue.claim(from: configuration.queues, by: name, upTo: asked)
                    for job in jobs {
                        slots.take()
                        runs.addTask {
                            await JobRun(job: job, worker: self).run()
                            slots.giveBack()
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

    /// How many more jobs may run.
    private final class Slots: Sendable {
        private let count: Mutex<Int>

        init(_ count: Int) {
            self.count = Mutex(count)
        }

        var free: Int { count.withLock { $0 } }

        func take() { count.withLock { $0 -= 1 } }

        func giveBack() { count.withLock { $0 += 1 } }
    }

    private func cancelOnShutdown(_ work: @escaping @Sendable () async -> Void) async {
        await cancelWhenGracefulShutdown { await work() }
    }
}
