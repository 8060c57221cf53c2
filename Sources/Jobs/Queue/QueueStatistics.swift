import Storage

/// How a queue stands, and what was done of late.
public struct QueueStatistics: Equatable, Sendable {
    public let queue: String
    /// What was set about it.
    public var settings: QueueSettings
    /// Jobs that wait for a worker.
    public var ready = 0
    /// Jobs that wait for their time.
    public var scheduled = 0
    /// Jobs that failed, and wait for their next attempt.
    public var retryable = 0
    public var running = 0
    /// Jobs that are out of attempts, and kept.
    public var dead = 0
    /// How long the one that waits longest for a worker could have been running; nil when none waits.
    public var longestWait: Duration?
    /// Attempts that ended well in the stretch that was asked for.
    public var succeeded = 0
    /// Attempts that failed or crashed in it, and leases that ran out.
    public var failed = 0

    init(_ queue: String) {
        (self.queue, settings) = (queue, QueueSettings(queue))
    }
}

extension JobQueue {
    /// Of all queues in which there are open or dead jobs, for which something is set, or in which something was done of late;
    /// by name.
    ///
    /// - Parameter stretch: how far back to count what was done.
    /// - Complexity: one step for each job that waits, runs, is dead, or ended in the stretch; none for what is long over.
    public func statistics(
        over stretch: Duration = .seconds(300), in session: any ReadSession
    ) throws -> [QueueStatistics] {
        let now = clock.now()
        var queues: [String: QueueStatistics] = [:]
        func note(_ rows: [Row], _ write: (inout QueueStatistics, Row) throws -> Void) throws {
            for row in rows {
                let name: String = try row.get("queue")
                try write(&queues[name, default: QueueStatistics(name)], row)
            }
        }
        for settings in try settings(in: session) {
            queues[settings.queue, default: QueueStatistics(settings.queue)].settings = settings
        }
        try note(
            session.rows(
                "SELECT queue, COUNT(*) AS count, MIN(run_at) AS oldest FROM jobs WHERE state = 'ready' GROUP BY queue")
        ) {
            ($0.ready, $0.longestWait) = (try $1.get("count"), try max(now - $1.get("oldest"), .zero))
        }
        let waiting = try session.rows(
            """
            SELECT queue, state, COUNT(*) AS count FROM jobs WHERE state IN ('scheduled', 'retryable')
            GROUP BY queue, state
            """)
        try note(waiting) {
            let count: Int = try $1.get("count")
            if try $1.get("state", as: String.self) == "scheduled" {
                $0.scheduled = count
            } else {
                $0.retryable = count
            }
        }
        try note(session.rows("SELECT queue, COUNT(*) AS count FROM jobs WHERE state = 'leased' GROUP BY queue")) {
            $0.running = try $1.get("count")
        }
        try note(session.rows("SELECT queue, COUNT(*) AS count FROM jobs WHERE state = 'dead' GROUP BY queue")) {
            $0.dead = try $1.get("count")
        }
        let attempts = try session.rows(
            """
            SELECT queue, outcome, COUNT(*) AS count FROM job_attempts
            WHERE ended_at > \(now - stretch) AND queue IS NOT NULL GROUP BY queue, outcome
            """)
        try note(attempts) {
            let count: Int = try $1.get("count")
            switch try $1.get("outcome", as: String.self) {
            case "succeeded": $0.succeeded += count
            case "released", "stopped": break
            default: $0.failed += count
            }
        }
        return queues.values.sorted { $0.queue < $1.queue }
    }
}
