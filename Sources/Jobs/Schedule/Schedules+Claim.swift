import Storage

extension Schedules {
    /// Claims all slots that are due, each schedule's in a transaction of its own: one that cannot be served holds up no
    /// other.
    ///
    /// - Parameter scheduler: who claims, as the runs tell.
    /// - Throws: ``DatabaseError`` when the database is away or busy: what was claimed before is kept.
    public func claimDue(by scheduler: String) async throws -> ScheduleTurn {
        let now = clock.now()
        var turn = ScheduleTurn()
        var last: (slot: Timestamp, name: String)?
        while true {
            let after = last
            let due = try await database.read { try dueSchedules(at: now, after: after, in: $0) }
            guard let end = due.last else { break }
            last = end
            for (_, name) in due {
                do {
                    turn.runs += try await claimWhatFits(name, by: scheduler, at: now)
                } catch let error where !error.isOfDatabase {
                    turn.failures[name] = "\(error)"
                }
            }
        }
        turn.nextSlot = try await database.read { try nextSlot(after: now, in: $0) }
        return turn
    }

    /// Claims the slots of one schedule that are due, and enqueues their jobs.
    ///
    /// - Parameter limit: the oldest so many; the others stay due.
    /// - Returns: the runs that were made; none when nothing is due, or another scheduler is at it.
    /// - Throws: ``ScheduleError/unreadable(_:reason:)``, or what enqueueing throws: nothing is claimed then.
    public func claim(
        _ name: String, by scheduler: String, upTo limit: Int = CatchUp.mostSlots, in session: any WriteSession
    ) throws -> [ScheduleRun] {
        try claim(name, by: scheduler, upTo: limit, at: clock.now(), in: session)
    }

    /// Where the queue has not room for all that is due, for as many as it has, to half of them: the rest is still due, and
    /// comes with the next look. Otherwise a backlog that is longer than the queue would never come in.
    private func claimWhatFits(_ name: String, by scheduler: String, at now: Timestamp) async throws -> [ScheduleRun] {
        var limit = CatchUp.mostSlots
        while true {
            let most = limit
            do {
                return try await database.write(.readCommitted) { session in
                    try claim(name, by: scheduler, upTo: most, at: now, in: session)
                }
            } catch JobQueueError.full(let queue, let capacity) {
                guard most > 1 else { throw JobQueueError.full(queue: queue, capacity: capacity) }
                limit = max(1, min(most / 2, capacity))
            }
        }
    }

    private func claim(
        _ name: String, by scheduler: String, upTo limit: Int, at now: Timestamp, in session: any WriteSession
    ) throws -> [ScheduleRun] {
        // SKIP LOCKED: who holds it claims the same slots.
        let row = try session.row(
            """
            SELECT * FROM schedules WHERE name = \(name) AND paused = 0 AND disabled = 0 AND next_slot <= \(now)
            \(.skipLocked)
            """)
        guard let row else { return [] }
        let schedule = try StoredSchedule(row)
        let due = schedule.catchUp.due(schedule.recurrence, after: try row.get("settled_until"), at: now)
            .first(max(limit, 1), of: schedule.recurrence)
        let runs = try record(due, of: schedule, by: scheduler, at: now, in: session)
        try enqueue(runs, of: schedule, in: session)
        try session.execute(
            """
            UPDATE schedules SET settled_until = \(due.settled), next_slot = \(due.next),
                last_run = COALESCE(\(runs.last?.id), last_run)
            WHERE name = \(name)
            """)
        return runs
    }

    /// - Returns: without those whose slots have a run already.
    private func record(
        _ due: DueSlots, of schedule: StoredSchedule, by scheduler: String, at now: Timestamp,
        in session: any WriteSession
    ) throws -> [ScheduleRun] {
        var runs = due.run.enumerated().map { place, slot in
            ScheduleRun(
                of: schedule.name, slot: slot, at: now, by: scheduler, job: .random(),
                passedOver: place == 0 ? due.passedOver : nil)
        }
        if runs.isEmpty, let passedOver = due.passedOver {
            runs = [
                ScheduleRun(
                    of: schedule.name, slot: due.settled, at: now, by: scheduler, job: nil, passedOver: passedOver)
            ]
        }
        return try insert(runs, in: session)
    }

    /// Records runs, but those whose slots have one.
    func insert(_ runs: [ScheduleRun], in session: any WriteSession) throws -> [ScheduleRun] {
        guard !runs.isEmpty else { return [] }
        let rows = try session.rows(
            """
            INSERT INTO schedule_runs (id, schedule, slot, created_at, claimed_by, job_id, passed_over)
            VALUES \(list: runs.map(\.values)) ON CONFLICT (schedule, slot) DO NOTHING RETURNING id
            """)
        let kept = Set(try rows.map { try $0.get("id", as: ScheduleRunID.self) })
        return runs.filter { kept.contains($0.id) }
    }

    func enqueue(_ runs: [ScheduleRun], of schedule: StoredSchedule, in session: any WriteSession) throws {
        try queue.enqueue(runs.compactMap { run in try run.job.map { try NewJob(id: $0, as: schedule) } }, in: session)
    }

    private func dueSchedules(
        at now: Timestamp, after last: (slot: Timestamp, name: String)?, in session: any ReadSession
    ) throws -> [(slot: Timestamp, name: String)] {
        let rest: SQL = last.map { "AND (next_slot, name) > (\($0.slot), \($0.name))" } ?? ""
        return try session.rows(
            """
            SELECT next_slot, name FROM schedules WHERE paused = 0 AND disabled = 0 AND next_slot <= \(now) \(rest)
            ORDER BY next_slot, name LIMIT 100
            """
        ).map { (try $0.get("next_slot"), try $0.get("name")) }
    }

    private func nextSlot(after now: Timestamp, in session: any ReadSession) throws -> Timestamp? {
        try session.row(
            """
            SELECT next_slot FROM schedules WHERE paused = 0 AND disabled = 0 AND next_slot > \(now)
            ORDER BY next_slot, name LIMIT 1
            """)?.get("next_slot")
    }
}

/// What one look at all schedules came to.
public struct ScheduleTurn: Sendable {
    /// That were made.
    public internal(set) var runs: [ScheduleRun] = []
    /// Why schedules were not served, by their names: they are still due.
    public internal(set) var failures: [String: String] = [:]
    /// The first slot to come of all schedules.
    public internal(set) var nextSlot: Timestamp?
}

extension Error {
    fileprivate var isOfDatabase: Bool {
        if self is CancellationError { return true }
        return switch self as? DatabaseError {
        case .busy, .unavailable: true
        default: false
        }
    }
}
