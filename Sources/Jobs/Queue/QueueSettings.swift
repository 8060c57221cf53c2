import Storage

/// What somebody has set about a queue; others are neither paused nor bounded.
public struct QueueSettings: Equatable, Sendable {
    public let queue: String
    /// Nothing is started; what comes is kept.
    public var isPaused = false
    /// What waits is done; nothing new is taken.
    public var isDraining = false
    /// How many jobs may wait; nil for any number.
    public var capacity: Int?

    public init(_ queue: String) {
        self.queue = queue
    }
}

extension JobQueue {
    /// Workers start no jobs of the queue any more, those that run go on.
    public func pause(_ queue: String, in session: any WriteSession) throws {
        try change(queue, in: session) { $0.isPaused = true }
    }

    /// Takes no new jobs, and does those that wait: before the queue is given up.
    public func drain(_ queue: String, in session: any WriteSession) throws {
        try change(queue, in: session) { ($0.isPaused, $0.isDraining) = (false, true) }
    }

    /// Ends a pause, and a draining.
    public func resume(_ queue: String, in session: any WriteSession) throws {
        try change(queue, in: session) { ($0.isPaused, $0.isDraining) = (false, false) }
        try signals.signal(Self.topic, in: session)
    }

    /// - Parameter capacity: how many jobs may wait, beside those that run, and those that go on with work that was taken
    ///   before; nil for any number.
    public func setCapacity(_ capacity: Int?, of queue: String, in session: any WriteSession) throws {
        try change(queue, in: session) { $0.capacity = capacity.map { max($0, 0) } }
    }

    /// Of the queues about which something is set, by name.
    public func settings(in session: any ReadSession) throws -> [QueueSettings] {
        try session.rows("SELECT * FROM job_queues ORDER BY name").map(QueueSettings.init)
    }

    func paused(of queues: [String], in session: any ReadSession) throws -> Set<String> {
        let rows = try session.rows(
            "SELECT name FROM job_queues WHERE name IN (\(list: queues)) AND is_paused = 1")
        return Set(try rows.map { try $0.get("name") })
    }

    /// - Throws: ``JobQueueError/full(queue:capacity:)``, ``JobQueueError/draining(queue:)``.
    func checkRoom(for jobs: [NewJob], at now: Timestamp, in session: any ReadSession) throws {
        let coming = Dictionary(grouping: jobs, by: \.queue)
        let rows = try session.rows("SELECT * FROM job_queues WHERE name IN (\(list: coming.keys.sorted()))")
        for settings in try rows.map(QueueSettings.init) {
            if settings.isDraining { throw JobQueueError.draining(queue: settings.queue) }
            guard let capacity = settings.capacity else { continue }
            // No further than it matters.
            let waiting: Int =
                try session.row(
                    """
                    SELECT COUNT(*) AS count FROM (
                        SELECT 1 AS job FROM jobs
                        WHERE state = 'ready' AND queue = \(settings.queue) AND is_follow_up = 0
                        UNION ALL
                        SELECT 1 AS job FROM jobs
                        WHERE state IN ('scheduled', 'retryable') AND queue = \(settings.queue) AND is_follow_up = 0
                        LIMIT \(capacity)) AS waiting
                    """)?.get("count") ?? 0
            let new = try number(of: coming[settings.queue] ?? [], at: now, in: session)
            guard waiting + new <= capacity else {
                throw JobQueueError.full(queue: settings.queue, capacity: capacity)
            }
        }
    }

    /// Of unique jobs each counts once, and none that is there already.
    private func number(of jobs: [NewJob], at now: Timestamp, in session: any ReadSession) throws -> Int {
        var keys: Set<String> = []
        return try jobs.count { job in
            guard let key = job.uniqueness?.indexed(kind: job.kind, at: now).key else { return true }
            return try keys.insert(key).inserted && holder(of: job, at: now, in: session) == nil
        }
    }

    private func change(
        _ queue: String, in session: any WriteSession, _ edit: (inout QueueSettings) -> Void
    ) throws {
        let row = try session.row("SELECT * FROM job_queues WHERE name = \(queue) \(.forUpdate)")
        var settings = try row.map(QueueSettings.init) ?? QueueSettings(queue)
        edit(&settings)
        try session.execute(
            """
            INSERT INTO job_queues (name, is_paused, is_draining, capacity)
            VALUES (\(queue), \(settings.isPaused), \(settings.isDraining), \(settings.capacity))
            ON CONFLICT (name) DO UPDATE SET is_paused = excluded.is_paused, is_draining = excluded.is_draining,
                capacity = excluded.capacity
            """)
    }
}

extension QueueSettings {
    fileprivate init(_ row: Row) throws(DatabaseError) {
        self.init(try row.get("name"))
        isPaused = try row.get("is_paused")
        isDraining = try row.get("is_draining")
        capacity = try row.get(optional: "capacity")
    }
}
