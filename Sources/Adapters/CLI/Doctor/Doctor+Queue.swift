import Jobs
import Storage

extension Doctor {
    /// Nobody's patience lasts longer for a job that could be running.
    private static let longWait = Duration.seconds(300)

    /// Whether what is to be done is being done.
    func queueFindings(_ database: any InspectableDatabase) async -> [Finding] {
        let queue = JobQueue(database)
        do {
            let (queues, leases) = try await Self.timely {
                try await database.read { (try queue.statistics(in: $0), try queue.leases(in: $0)) }
            }
            return Self.waitFindings(queues) + Self.leaseFindings(leases, at: SystemClock().now())
                + Self.deadFindings(queues)
        } catch {
            return [.warning("workers", "the queues cannot be looked at: \(error)", "'waxwing jobs stats' tells more")]
        }
    }

    private static func waitFindings(_ queues: [QueueStatistics]) -> [Finding] {
        let paused = queues.filter { $0.settings.isPaused }.map {
            Finding.warning("workers", "the queue '\($0.queue)' is paused", "'waxwing jobs resume \($0.queue)'")
        }
        let waiting = queues.filter { !$0.settings.isPaused && ($0.longestWait ?? .zero) > longWait }.map { queue in
            let minutes = (queue.longestWait ?? .zero).components.seconds / 60
            let words =
                "in '\(queue.queue)' a job has been waiting for \(minutes) min, and \(queue.running) are running"
            return queue.running == 0
                ? Finding.failing("workers", words, "start 'waxwing worker', or a server with WAXWING_WORKERS above 0")
                : Finding.warning("workers", words, "start more workers")
        }
        let found = paused + waiting
        return found.isEmpty ? [.ok("workers", "no job waits for long")] : found
    }

    /// A worker that lives renews its leases; others take over from one that does not.
    private static func leaseFindings(_ leases: [HeldLease], at now: Timestamp) -> [Finding] {
        let silent = Set(leases.filter { $0.lease.until + .seconds(60) < now }.map(\.lease.worker)).sorted()
        return silent.map {
            .warning(
                "workers", "'\($0)' has been silent for more than a minute with a job in its hands",
                "start a worker: it takes over what a dead one left")
        }
    }

    private static func deadFindings(_ queues: [QueueStatistics]) -> [Finding] {
        let dead = queues.reduce(0) { $0 + $1.dead }
        guard dead > 0 else { return [] }
        return [
            .warning(
                "jobs", "\(dead) are out of attempts",
                "'waxwing jobs dead' tells why, 'waxwing jobs replay' tries again")
        ]
    }
}
