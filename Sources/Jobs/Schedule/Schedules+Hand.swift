import Storage

/// What people do to schedules.
extension Schedules {
    /// Claims no slot until ``resume(_:in:)``. Pausing a paused schedule changes nothing.
    ///
    /// - Throws: ``ScheduleError/notFound(_:)``.
    public func pause(_ name: String, in session: any WriteSession) throws {
        let count = try session.execute("UPDATE schedules SET paused = 1 WHERE name = \(name)")
        guard count > 0 else { throw ScheduleError.notFound(name) }
    }

    /// Goes on with the first slot after now: those of the pause are passed over. Does nothing to a schedule that is not
    /// paused.
    ///
    /// - Throws: ``ScheduleError/notFound(_:)``, ``ScheduleError/unreadable(_:reason:)``.
    public func resume(_ name: String, in session: any WriteSession) throws {
        let now = clock.now()
        let row = try held(name, in: session)
        guard try row.get("paused") else { return }
        let next = try StoredSchedule(row).recurrence.next(after: now)
        try session.execute(
            """
            UPDATE schedules SET paused = 0, settled_until = \(now), next_slot = \(next) WHERE name = \(name)
            """)
        try signals.signal(Self.topic, in: session)
    }

    /// Enqueues the schedule's job now, paused or not, and records that. Its slots are not touched.
    ///
    /// - Parameter claimer: who wants it, as the run tells.
    /// - Throws: ``ScheduleError/notFound(_:)``, ``ScheduleError/disabled(_:)``, ``ScheduleError/unreadable(_:reason:)``,
    ///   and what ``JobQueue/enqueue(_:asFollowUp:in:)`` throws.
    @discardableResult
    public func run(_ name: String, by claimer: String, in session: any WriteSession) throws -> ScheduleRun {
        let row = try held(name, in: session)
        guard try !row.get("disabled") else { throw ScheduleError.disabled(name) }
        let schedule = try StoredSchedule(row)
        let run = ScheduleRun(of: name, slot: nil, at: clock.now(), by: claimer, job: .random())
        try enqueue(try insert([run], in: session), of: schedule, in: session)
        try session.execute("UPDATE schedules SET last_run = \(run.id) WHERE name = \(name)")
        return run
    }

    private func held(_ name: String, in session: any WriteSession) throws -> Row {
        let row = try session.row("SELECT * FROM schedules WHERE name = \(name) \(.forUpdate)")
        guard let row else { throw ScheduleError.notFound(name) }
        return row
    }
}
