import Jobs
import Storage

/// Which schedules there are.
enum SimulatedSchedules {
    /// Of their jobs.
    static let kind = "tick"
    /// Never paused, and caught up whole.
    static let complete = "complete"
    static let distance = 600
    /// Paused and resumed.
    static let interrupted = "interrupted"
    static let fresh = "fresh"

    static var all: [Schedule] {
        get throws {
            let queue = SimulatedQueues.ticks
            return [
                try Schedule(complete, .cron("*/10 * * * *"), catchUp: .all(), enqueues: kind, queue: queue),
                try Schedule(interrupted, .every(.seconds(60)), catchUp: .all(limit: 10), enqueues: kind, queue: queue),
                try Schedule(
                    fresh, .every(.seconds(15)), catchUp: .skip(olderThan: .seconds(5)), enqueues: kind, queue: queue),
            ]
        }
    }
}

extension SimulatedWorld {
    /// As a `Scheduler` does when it starts, and then at each turn.
    func claimSlots(_ errand: Errand) async throws {
        let turn = try await Schedules(queue(of: errand)).claimDue(by: errand.process.name)
        // What the simulation does to a transaction that is of a schedule alone is told as its failure.
        guard errand.process.isAlive else { throw Killed() }
        if let failure = turn.failures.first { throw DatabaseError.unexpected("\(failure)") }
    }

    func set(_ change: Errand.ScheduleChange, _ errand: Errand) async throws {
        let schedules = Schedules(queue(of: errand))
        try await write(errand) { session in
            switch change {
            case .pause: try schedules.pause(SimulatedSchedules.interrupted, in: session)
            case .resume: try schedules.resume(SimulatedSchedules.interrupted, in: session)
            case .run: try schedules.run(SimulatedSchedules.interrupted, by: errand.process.name, in: session)
            }
        }
    }
}
