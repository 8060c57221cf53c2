import Storage

/// That a schedule's slot was claimed, or a job of it enqueued by hand, and what came of it.
public struct ScheduleRun: Equatable, Sendable {
    public let id: Identifier<ScheduleRun>
    public let schedule: String
    /// For which time; nil for a run by hand.
    public let slot: Timestamp?
    public let claimedAt: Timestamp
    /// Which scheduler, or who by hand.
    public let claimedBy: String
    /// Nil when slots were only passed over.
    public let job: JobID?
    /// From this slot on slots before the run's own were passed over; without a job, its own, too.
    public let passedOver: Timestamp?
    public let outcome: Outcome
    /// When the job ended.
    public let endedAt: Timestamp?
    /// Why the job's last attempt failed.
    public let error: String?

    public enum Outcome: Equatable, Sendable {
        /// No job was enqueued: see ``CatchUp``.
        case skipped
        /// How the job stands.
        case job(JobStatus)
        /// The job is no longer kept.
        case forgotten
    }
}

public typealias ScheduleRunID = Identifier<ScheduleRun>

extension ScheduleRun {
    /// From columns of `schedule_runs`, beside `state`, `error` and `completed_at` of the job.
    init(_ row: Row) throws(DatabaseError) {
        id = try row.get("id")
        schedule = try row.get("schedule")
        slot = try row.get(optional: "slot")
        claimedAt = try row.get("created_at")
        claimedBy = try row.get("claimed_by")
        job = try row.get(optional: "job_id")
        passedOver = try row.get(optional: "passed_over")
        endedAt = try row.get(optional: "completed_at")
        error = try row.get(optional: "error")
        outcome =
            switch (job, try row.get(optional: "state", as: String.self)) {
            case (nil, _): .skipped
            case (_, nil): .forgotten
            case (_, "leased"): .job(.processing)
            case (_, "succeeded"): .job(.completed)
            case (_, "cancelled"): .job(.cancelled)
            case (_, "dead"): .job(.failed)
            default: .job(.pending)
            }
    }

    /// - Parameter job: nil to pass slots over.
    init(
        of schedule: String, slot: Timestamp?, at now: Timestamp, by claimer: String, job: JobID?,
        passedOver: Timestamp? = nil
    ) {
        (id, self.schedule, self.slot, self.passedOver) = (.random(), schedule, slot, passedOver)
        (claimedAt, claimedBy, self.job) = (now, claimer, job)
        (endedAt, error) = (nil, nil)
        outcome = job == nil ? .skipped : .job(.pending)
    }

    /// A row for `schedule_runs`, its columns in order.
    var values: SQL { "(\(id), \(schedule), \(slot), \(claimedAt), \(claimedBy), \(job), \(passedOver))" }
}
