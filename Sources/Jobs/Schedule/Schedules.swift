import Storage

/// Schedules and their runs in a database.
///
/// All that is needed to enqueue a job stands in the schedule's row, so that any scheduler on the database can do it, and
/// a slot is claimed by exactly one of them: claim, run and job are one transaction. `SchedulePromise` checks that on
/// every database.
///
/// **Clocks.** Each schedule remembers up to which moment its slots are decided on, which only ever moves on: a clock that
/// is set back, or one machine's that is behind, fires nothing again, and one that leaps ahead fires early, but once. After
/// a clock that was far ahead, ``pause(_:in:)`` and ``resume(_:in:)`` count from the present again; slots that have their
/// run are recognised.
public struct Schedules: Sendable {
    let queue: JobQueue

    var database: any Database { queue.database }
    var clock: any WallClock { queue.clock }
    var signals: any ChangeSignals { queue.signals }

    /// - Parameter queue: where jobs go; its database, clock and signals are used here, too.
    public init(_ queue: JobQueue) {
        self.queue = queue
    }

    /// On which schedulers are told.
    static let topic = SignalTopic(wellFormed: "schedules")
}

/// A schedule as it stands in the database.
public struct ScheduleEntry: Equatable, Sendable {
    public let name: String
    /// Which part of the program has it.
    public let registrant: String
    /// As ``Recurrence`` writes it.
    public let recurrence: String
    /// As ``CatchUp`` writes it.
    public let catchUp: String
    public let kind: String
    public let queue: String
    public let owner: AccountID?
    public let status: ScheduleStatus
    /// Nil unless active.
    public let nextSlot: Timestamp?
    public let lastRun: ScheduleRun?
}

public enum ScheduleStatus: String, Codable, Sendable, CaseIterable {
    case active
    /// By hand.
    case paused
    /// The program no longer has it.
    case disabled
}
