import Storage

/// What a schedule's row says of its jobs and slots.
struct StoredSchedule {
    let name: String
    let recurrence: Recurrence
    let catchUp: CatchUp
    let kind: String
    let payload: [UInt8]
    let queue: String
    let priority: Int
    let owner: AccountID?

    /// - Throws: ``ScheduleError/unreadable(_:reason:)``.
    init(_ row: Row) throws {
        name = try row.get("name")
        do {
            recurrence = try Recurrence(parsing: row.get("recurrence"))
        } catch {
            throw ScheduleError.unreadable(name, reason: "\(error)")
        }
        let text: String = try row.get("catch_up")
        guard let catchUp = CatchUp(text) else {
            throw ScheduleError.unreadable(name, reason: "'\(text)' is no way to catch up")
        }
        self.catchUp = catchUp
        kind = try row.get("kind")
        payload = Array(try row.get("payload", as: String.self).utf8)
        queue = try row.get("queue")
        priority = try row.get("priority")
        owner = try row.get(optional: "owner")
    }
}

extension NewJob {
    /// The payload is as it was encoded when the schedule was registered.
    init(id: JobID, as schedule: StoredSchedule) throws(JobQueueError) {
        try self.init(
            id: id, kind: schedule.kind, json: schedule.payload, queue: schedule.queue, priority: schedule.priority,
            owner: schedule.owner)
    }
}
