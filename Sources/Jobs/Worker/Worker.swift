import Foundation
import Logging
import ServiceLifecycle
import Storage

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
    let machine: any Machine
    let logger: Logger
    let completions: Completions
    let heartbeats: Heartbeats
    private let slots: Slots
    private let wakeUp = WakeUp()

    /// - Parameter name: unique among all workers on the database.
    public init(
        name: String, queue: JobQueue, handlers: [any JobHandler], configuration: Configuration, logger: Logger
    ) {
        self.init(
            name: name, queue: queue, handlers: handlers, configuration: configuration, logger: logger,
            on: PresentMachine())
    }

    package init(
        name: String, queue: JobQueue, handlers: [any JobHandler], configuration: Configuration, logger: Logger,
        on machine: any Machine
    ) {
        (self.name, self.configuration, self.logger, self.machine) = (name, configuration, logger, machine)
        self.handlers = JobHandlers(handlers)
        self.queue = queue.adding(policiesOf: self.handlers)
        heartbeats = Heartbeats(self.queue, on: machine, logger: logger)
        slots = Slots(configuration, wakeUp)
        completions = Completions(
            self.queue, slots, for: Claimant(name: name, kinds: self.handlers.kinds), on: machine)
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
        heartbeats.begin()
        let (wakeUp, stop) = (wakeUp, WakeUp())
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await listen() }
                group.addTask { await reclaim() }
                group.addTask { await heartbeats.beat(every: shortestLease / 6) }
                group.addTask { await release(after: stop) }
                await serve()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            stop.signal()
            wakeUp.signal()
        }
    }

    private func listen() async {
        for await _ in queue.signals.signals(on: JobQueue.topic) { wakeUp.signal() }
    }

    /// Gives all jobs back that are not over in time.
    private func release(after stop: WakeUp) async {
        await stop.nextSignal(since: 0)
        try? await machine.sleep(for: configuration.grace)
        heartbeats.release()
    }

    /// Fills the free slots, all of them with one claim. Never fails: a database that is away for a while is waited for.
    private func serve() async {
        await withDiscardingTaskGroup { runs in
            slots.isOpen = true
            defer { slots.isOpen = false }
            while true {
                // Before the question whether to go on: a stop that comes after it ends the wait.
                let generation = wakeUp.generation
                guard !Task.isShuttingDownGracefully, !Task.isCancelled else { break }
                var pause = configuration.pollInterval
                do {
                    // One without room has nothing to ask for until a run ends, which wakes it.
                    if let vacancy = slots.beginClaim() {
                        let jobs = try await claim(vacancy)
                        for job in jobs { runs.addTask { await run(job) } }
                        if jobs.count == vacancy.limit { continue }
                        pause = try await untilNextDue()
                    }
                } catch is CancellationError {
                    break
                } catch {
                    logger.error("cannot claim a job", metadata: ["error": "\(error)"])
                }
                await wakeUp.wait(since: generation, atMost: pause, on: machine)
            }
        }
    }

    private func claim(_ vacancy: Slots.Vacancy) async throws -> [Job] {
        var jobs: [Job] = []
        defer { slots.endClaim(taking: jobs.map(\.queue)) }
        jobs = try await queue.claim(vacancy.demands, of: handlers.kinds, by: name, upTo: vacancy.limit)
        return jobs
    }

    /// Runs a job, and after it those that are claimed with its end.
    private func run(_ first: Job) async {
        var next: Job? = first
        while let job = next {
            next = await JobRun(job: job, worker: self).run()
            if next == nil { slots.end(job.queue) }
        }
        wakeUp.signal()
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
                let silent = watch.silent(among: leases, at: machine.now) { queue.policy(of: $0).lease }
                for lease in silent { await reclaim(lease) }
            } catch is CancellationError {
                return
            } catch {
                logger.error("cannot look for lost leases", metadata: ["error": "\(error)"])
            }
            try? await machine.sleep(for: lookInterval)
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
        } catch is CancellationError {
        } catch {
            log.error("cannot end a lost lease", metadata: ["error": "\(error)"])
        }
    }

    private var lookInterval: Duration { min(.seconds(1), shortestLease / 3) }

    private var shortestLease: Duration {
        handlers.kinds.map { queue.policy(of: $0).lease }.min() ?? queue.policy.lease
    }
}
