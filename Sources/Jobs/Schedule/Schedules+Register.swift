import Storage

extension Schedules {
    /// As ``register(_:by:in:)``, in a transaction of its own.
    @discardableResult
    public func register(_ schedules: [Schedule], by registrant: String) async throws -> [String] {
        try await database.write { try register(schedules, by: registrant, in: $0) }
    }

    /// Makes the schedules of one part of the program those that are given; programs do so when they start.
    ///
    /// A new schedule begins with its first slot after now. One that recurs as before goes on where it stood, and missed
    /// slots are caught up; one that recurs otherwise has its first slot after now and after every slot decided on before.
    /// What `registrant` had and no longer has is disabled, and kept with its runs.
    ///
    /// - Parameters:
    ///   - schedules: all of this registrant's; of two with one name, the last.
    ///   - registrant: each program on the database, and each part of one, has its own, so that none disables another's.
    /// - Returns: the names of those that were disabled.
    /// - Throws: ``ScheduleError/nameTaken(_:by:)``.
    @discardableResult
    public func register(
        _ schedules: [Schedule], by registrant: String, in session: any WriteSession
    ) throws -> [String] {
        // In one order, so that programs that start together wait for each other instead of ending a deadlock.
        let byName = Dictionary(schedules.map { ($0.name, $0) }) { _, last in last }
        for name in byName.keys.sorted() {
            if let schedule = byName[name] { try put(schedule, by: registrant, in: session) }
        }
        // `NOT IN` of nothing is never true.
        let isGone: SQL = byName.isEmpty ? "1 = 1" : "name NOT IN (\(list: byName.keys.sorted()))"
        return try session.rows(
            """
            UPDATE schedules SET disabled = 1 WHERE registrant = \(registrant) AND disabled = 0 AND \(isGone)
            RETURNING name
            """
        ).map { try $0.get("name", as: String.self) }.sorted()
    }

    /// Adds one schedule, or changes it, and leaves the registrant's others as they are: for those made at run time.
    ///
    /// - Throws: ``ScheduleError/nameTaken(_:by:)``.
    public func put(_ schedule: Schedule, by registrant: String, in session: any WriteSession) throws {
        let now = clock.now()
        let row = try session.row(
            """
            SELECT registrant, recurrence, disabled, settled_until FROM schedules WHERE name = \(schedule.name)
            \(.forUpdate)
            """)
        if let row {
            try change(row, to: schedule, by: registrant, at: now, in: session)
        } else if try !insert(schedule, by: registrant, at: now, in: session) {
            // Somebody else made it between the two statements.
            return try put(schedule, by: registrant, in: session)
        }
        try signals.signal(Self.topic, in: session)
    }

    /// Disables a schedule, as one that its program no longer has.
    ///
    /// - Throws: ``ScheduleError/notFound(_:)``.
    public func disable(_ name: String, in session: any WriteSession) throws {
        let count = try session.execute("UPDATE schedules SET disabled = 1 WHERE name = \(name)")
        guard count > 0 else { throw ScheduleError.notFound(name) }
    }

    private func insert(
        _ schedule: Schedule, by registrant: String, at now: Timestamp, in session: any WriteSession
    ) throws(DatabaseError) -> Bool {
        try session.execute(
            """
            INSERT INTO schedules (name, registrant, recurrence, catch_up, kind, payload, queue, priority, owner, paused,
                disabled, settled_until, next_slot, created_at)
            VALUES (\(schedule.name), \(registrant), \(schedule.recurrence.description),
                \(schedule.catchUp.description), \(schedule.kind), \(schedule.payloadText), \(schedule.queue),
                \(schedule.priority), \(schedule.owner), 0, 0, \(now), \(schedule.recurrence.next(after: now)), \(now))
            ON CONFLICT (name) DO NOTHING
            """) > 0
    }

    private func change(
        _ row: Row, to schedule: Schedule, by registrant: String, at now: Timestamp, in session: any WriteSession
    ) throws {
        let isDisabled: Bool = try row.get("disabled")
        let other: String = try row.get("registrant")
        guard isDisabled || other == registrant else { throw ScheduleError.nameTaken(schedule.name, by: other) }
        let goesOn = try !isDisabled && schedule.recurrence.description == row.get("recurrence", as: String.self)
        let settledBefore: Timestamp = try row.get("settled_until")
        let settled = goesOn ? settledBefore : max(settledBefore, now)
        try session.execute(
            """
            UPDATE schedules SET registrant = \(registrant), recurrence = \(schedule.recurrence.description),
                catch_up = \(schedule.catchUp.description), kind = \(schedule.kind), payload = \(schedule.payloadText),
                queue = \(schedule.queue), priority = \(schedule.priority), owner = \(schedule.owner), disabled = 0,
                settled_until = \(settled), next_slot = \(schedule.recurrence.next(after: settled))
            WHERE name = \(schedule.name)
            """)
    }
}

extension Schedule {
    fileprivate var payloadText: String { String(decoding: payload, as: UTF8.self) }
}
